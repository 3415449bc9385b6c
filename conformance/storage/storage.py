"""Starts Azurite and moto, runs a command with recordings kept in the one and then in the other, and looks with the
SDKs of Azure and AWS at what lies there: sealed files, and nothing that can be heard."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import boto3
from azure.storage.blob import BlobServiceClient

HERE = pathlib.Path(__file__).parent
PLACE = "recordings"
# Azurite's account, which Microsoft publishes.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
S3_KEY_ID, S3_KEY = "tandem-test", "tandem-test-secret"
SEALED = b"TDMREC1\n"
READY_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], port: int, log: pathlib.Path):
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            deadline = time.monotonic() + READY_S
            while not listens(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{command[0]} did not come up:\n{log.read_text()}")
                time.sleep(0.05)  # poll: until it listens
            yield
        finally:
            process.terminate()
            process.wait(20)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def secret_file(path: pathlib.Path, secret: str) -> pathlib.Path:
    path.write_text(secret)
    path.chmod(0o600)
    return path


@contextlib.contextmanager
def azure(folder: pathlib.Path):
    port = free_port()
    command = [
        str(HERE / "node_modules/.bin/azurite-blob"), "--blobHost", "127.0.0.1", "--blobPort", str(port),
        "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent",
    ]
    with running(command, port, folder / "azurite.log"):
        endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
        service = BlobServiceClient(endpoint, credential=ACCOUNT_KEY)
        container = service.create_container(PLACE)
        key = secret_file(folder / "azure.key", ACCOUNT_KEY)
        config = (
            f'[store.recordings.azure]\naccount = "{ACCOUNT}"\ncontainer = "{PLACE}"\n'
            f'endpoint = "{endpoint}"\naccess_key_file = "{key}"\n'
        )

        def files():
            return {blob.name: container.download_blob(blob.name).readall() for blob in container.list_blobs()}

        yield "Azure Blob Storage (Azurite)", config, files


@contextlib.contextmanager
def s3(folder: pathlib.Path):
    port = free_port()
    command = [str(HERE / ".venv/bin/moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command, port, folder / "moto.log"):
        endpoint = f"http://127.0.0.1:{port}"
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1",
            aws_access_key_id=S3_KEY_ID, aws_secret_access_key=S3_KEY,
        )
        client.create_bucket(Bucket=PLACE)
        key = secret_file(folder / "s3.key", S3_KEY)
        config = (
            f'[store.recordings.s3]\nbucket = "{PLACE}"\nregion = "us-east-1"\nendpoint = "{endpoint}"\n'
            f'access_key_id = "{S3_KEY_ID}"\nsecret_access_key_file = "{key}"\n'
        )

        def files():
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=PLACE)
            names = [item["Key"] for page in pages for item in page.get("Contents", [])]
            return {name: client.get_object(Bucket=PLACE, Key=name)["Body"].read() for name in names}

        yield "S3 (moto)", config, files


def check(name: str, files: dict[str, bytes]) -> None:
    if not files:
        sys.exit(f"{name}: no recording lies there")
    for file, content in files.items():
        if not content.startswith(SEALED) or b"RIFF" in content or b"WAVE" in content:
            sys.exit(f"{name}: {file} is not a sealed recording")
    print(f"{name}: {len(files)} sealed recordings, {sum(map(len, files.values()))} bytes", flush=True)


def main() -> None:
    command = sys.argv[1:]
    if not command:
        sys.exit("which command?")
    for storage in (azure, s3):
        with tempfile.TemporaryDirectory() as folder, storage(pathlib.Path(folder)) as (name, config, files):
            ended = subprocess.run(command, env={**os.environ, "TANDEM_STORAGE": config})
            if ended.returncode != 0:
                sys.exit(f"{name}: the command failed with {ended.returncode}")
            check(name, files())


if __name__ == "__main__":
    main()
