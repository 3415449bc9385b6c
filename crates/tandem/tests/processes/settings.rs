//! Settings as files beside a running contact center: written, seen, changed, refused.

use crate::stage::{Cloud, Installation, PASSWORD, said, tandem};
use std::path::{Path, PathBuf};
use std::process::Output;

/// Asks the installation as its administrator.
struct Files {
    folder: PathBuf,
    url: String,
    password: PathBuf,
}

impl Files {
    fn run(&self, command: &[&str], more: &[&str]) -> Output {
        let mut arguments = command.to_vec();
        let (folder, password) = (
            self.folder.to_str().unwrap(),
            self.password.to_str().unwrap(),
        );
        arguments.extend([folder, "--server", &self.url, "--center", "contoso"]);
        arguments.extend(["--user", "alex", "--password-file", password]);
        arguments.extend(more);
        tandem(&arguments)
    }

    #[track_caller]
    fn expect(&self, command: &[&str], more: &[&str], code: i32) -> String {
        let output = self.run(command, more);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    fn edit(&self, file: &str, edit: impl FnOnce(&str) -> String) {
        let path = self.folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, edit(&text)).unwrap();
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn settings_are_written_as_files_planned_and_applied_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = Cloud::start(folder.path()).await;
    let installation = Installation::new(&folder.path().join("one"), &cloud, None);
    let token = installation.setup_token();
    let _process = installation.serve().await;
    let alex = installation.furnish(&cloud, &token).await;
    let password = folder.path().join("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let it = Files {
        folder: folder.path().join("settings"),
        url: installation.url.clone(),
        password,
    };

    it.expect(&["export", "settings"], &[], 0);
    assert_eq!(
        files(&it.folder),
        ["endpoints.toml", "flows", "queues", "settings.toml"]
    );
    let queue = files(&it.folder.join("queues")).remove(0);
    let queue = format!("queues/{queue}");
    let said = it.expect(&["plan"], &[], 0);
    assert!(said.contains("nothing would change"), "{said}");

    it.edit(&queue, |text| {
        text.replace("\npriority = 5", "\npriority = 6")
    });
    std::fs::write(
        it.folder.join("skills.toml"),
        "[[skills]]\nname = \"Dutch\"\n",
    )
    .unwrap();
    let said = it.expect(&["plan"], &[], 3);
    assert!(said.contains("create skill \"Dutch\""), "{said}");
    assert!(said.contains("priority: 5 -> 6"), "{said}");
    let planned: serde_json::Value = {
        let output = it.run(&["plan"], &["--json"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(planned["changes"].as_array().unwrap().len(), 2, "{planned}");
    let mark = planned["mark"].as_str().unwrap().to_owned();

    // One bad line, and nothing changes.
    it.edit("skills.toml", |text| format!("{text}level = 3\n"));
    let said = it.expect(&["apply"], &[], 1);
    assert!(
        said.contains("skills.toml:3: level: unknown field"),
        "{said}"
    );
    assert!(said.contains("nothing was changed"), "{said}");
    it.edit("skills.toml", |text| text.replace("level = 3", "level = "));
    let said = it.expect(&["plan"], &[], 1);
    assert!(said.contains("skills.toml:3: "), "{said}");
    it.edit("skills.toml", |text| text.replace("level = \n", ""));
    assert_eq!(alex.get("/skills").await["items"], serde_json::json!([]));

    let said = it.expect(&["apply"], &["--on", &mark], 0);
    assert!(
        said.contains("applied: 1 created, 1 changed, 0 removed"),
        "{said}"
    );
    assert_eq!(alex.get("/skills").await["items"][0]["name"], "Dutch");
    it.expect(&["plan"], &[], 0);
    it.edit("skills.toml", |text| text.replace("Dutch", "Danish"));
    let said = it.expect(&["apply"], &["--on", &mark], 1);
    assert!(said.contains("settings_moved"), "{said}");
    assert_eq!(alex.get("/skills").await["items"][0]["name"], "Dutch");

    // What stands replaces the files, and what is no settings file is refused.
    it.expect(&["export", "settings"], &[], 0);
    it.expect(&["plan"], &[], 0);
    std::fs::write(it.folder.join("skils.toml"), "").unwrap();
    let said = it.expect(&["plan"], &[], 1);
    assert!(said.contains("skils.toml:1: is no settings file"), "{said}");
}
