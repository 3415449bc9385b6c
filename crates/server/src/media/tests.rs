use super::*;
use crate::engine::SystemClock;
use axum::http::Request;
use tandem_store::{DataKey, MemoryStore, NewSound};
use tower::ServiceExt;

struct Stage {
    router: Router,
    store: Arc<MemoryStore>,
    keys: Arc<KeyFamily>,
    clock: Arc<SystemClock>,
}

fn center() -> CenterId {
    CenterId::parse("contoso").unwrap()
}

impl Stage {
    fn new() -> Self {
        let (store, clock) = (
            Arc::new(MemoryStore::new()),
            Arc::new(SystemClock::default()),
        );
        let keys = Arc::new(KeyFamily::new(DataKey::new(1, [7; 32])));
        let hosted = Hosted {
            center: center(),
            sounds: Arc::clone(&store) as _,
            keys: Arc::clone(&keys),
            clock: Arc::clone(&clock) as _,
        };
        Self {
            router: router([hosted]),
            store,
            keys,
            clock,
        }
    }

    async fn kept(&self) -> SoundId {
        let sound = NewSound {
            wav: b"RIFF".to_vec(),
            length_ms: 1,
            peak_tenth_db: -31,
        };
        let kept = self.store.put_sound(&center(), sound).await;
        kept.unwrap().id
    }

    /// The path of a link that expires so many seconds from now.
    fn link(&self, id: &SoundId, seconds: i64) -> String {
        let now_s = self.clock.now().as_micros() / 1_000_000;
        link::made(&self.keys, &center(), "", id, now_s + seconds)
    }

    async fn ask(&self, method: &str, link: &str, etag: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::builder()
            .method(method)
            .uri(link)
            .header(header::IF_NONE_MATCH, etag)
            .body(Body::empty())
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        (head.status, head.headers, body)
    }
}

#[tokio::test]
async fn sound_is_fetched_by_its_link() {
    let stage = Stage::new();
    let id = stage.kept().await;
    let link = stage.link(&id, 600);
    for _ in 0..2 {
        let (status, headers, body) = stage.ask("GET", &link, "").await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "RIFF"));
        assert_eq!(headers[header::CONTENT_TYPE], "audio/wav");
        assert_eq!(headers[header::ETAG], format!("\"{id}\""));
        let keep = headers[header::CACHE_CONTROL].to_str().unwrap();
        assert!(keep.starts_with("private, max-age=") && keep.ends_with("immutable"));
    }
    let (status, headers, body) = stage.ask("HEAD", &link, "").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    assert_eq!(headers[header::CONTENT_LENGTH], "4");
    let (status, _, body) = stage.ask("GET", &link, &format!("\"{id}\"")).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn link_that_expired_or_was_changed_opens_nothing() {
    let stage = Stage::new();
    let id = stage.kept().await;
    let good = stage.link(&id, 600);
    let (status, _, body) = stage.ask("GET", &stage.link(&id, 0), "").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        body.contains("link_expired") && body.contains("has expired"),
        "{body}"
    );
    let other = SoundId::try_from("a".repeat(64)).unwrap();
    let forged = [
        good.replace("expires=1", "expires=2"),
        good.replace(id.as_str(), other.as_str()),
        good.split_once('?').unwrap().0.to_owned(),
        good.split_once("&signature").unwrap().0.to_owned(),
        format!("{}AAAA", good.split_at(good.len() - 4).0),
        format!("{good}A"),
    ];
    for link in forged {
        let (status, _, body) = stage.ask("GET", &link, "").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{link}");
        assert!(body.contains("link_forged"), "{body}");
    }
    let foreign = KeyFamily::new(DataKey::new(1, [8; 32]));
    let link = link::made(&foreign, &center(), "", &id, i64::MAX);
    assert_eq!(stage.ask("GET", &link, "").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_so() {
    let stage = Stage::new();
    let gone = SoundId::try_from("a".repeat(64)).unwrap();
    let (status, _, body) = stage.ask("GET", &stage.link(&gone, 600), "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("upload it again"), "{body}");
    for path in [
        "/media/contoso/x.wav",
        "/media/contoso/x",
        "/media/fabrikam/x.wav",
    ] {
        assert_eq!(
            stage.ask("GET", path, "").await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
