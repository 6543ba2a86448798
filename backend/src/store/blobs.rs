//! Large things, each written once, as a whole, and read as a whole: in a folder, or in a bucket of a service that speaks the
//! protocol of S3. Where the service is and who we are for it, the environment says, by the names that tools for S3 use
//! (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`…).

use std::fs::{self, File};
use std::io::{self, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{GetResultPayload, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio::sync::mpsc;

use super::StoreError;
use crate::tls;

/// How much is sent at a time. The services want 5 MiB at least.
const PART: usize = 8 << 20;

/// Where large things are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// Holds, for a moment, what comes from elsewhere; where all of them are local, the folder of them.
    scratch: PathBuf,
    is_local: bool,
}

impl Blobs {
    /// Those in this folder, which is made where it is missing.
    pub(super) fn local(folder: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Folder { data: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(StoreError::Blobs)?;
        Ok(Self { store: Arc::new(store.with_fsync(true)), scratch: folder.to_owned(), is_local: true })
    }

    /// Those in the bucket at `s3://bucket/prefix`, with what the environment says of it. What is read lies in `scratch` for as
    /// long as somebody reads it.
    pub(super) fn bucket(
        url: &str,
        environment: impl IntoIterator<Item = (String, String)>,
        scratch: &Path,
    ) -> Result<Self, StoreError> {
        tls::choose_provider();
        let mut builder = AmazonS3Builder::new().with_url(url);
        for (name, value) in environment {
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let store = builder.build().map_err(StoreError::Blobs)?;
        let prefix = url.trim_start_matches("s3://").split_once('/').map_or("", |(_, prefix)| prefix);
        Ok(Self { store: Arc::new(PrefixStore::new(store, prefix)), scratch: scratch.to_owned(), is_local: false })
    }

    /// Writes one; it is there as a whole and survives this machine, or is not there at all.
    pub(super) async fn write<E: Into<io::Error>>(
        &self,
        name: &str,
        write: impl FnOnce(&mut BlobWriter) -> Result<(), E> + Send + 'static,
    ) -> io::Result<()> {
        let (parts, mut ready) = mpsc::channel(1);
        let writing = tokio::task::spawn_blocking(move || {
            let mut out = BlobWriter { part: BytesMut::new(), parts };
            write(&mut out).map_err(Into::into)?;
            // The last one, however short: it says that this is all.
            out.send(true)
        });
        let key = Key::from(name);
        let stored = self.store_parts(&key, &mut ready).await;
        drop(ready);
        // That the other side went away is what it says when the store has failed.
        stored.and(writing.await.map_err(io::Error::other).flatten())
    }

    async fn store_parts(&self, key: &Key, ready: &mut mpsc::Receiver<Part>) -> io::Result<()> {
        // Whoever writes says themselves why nothing comes.
        let Some(first) = ready.recv().await else { return Ok(()) };
        if first.is_last {
            self.store.put(key, PutPayload::from(first.bytes)).await?;
            return Ok(());
        }
        let mut upload = self.store.put_multipart(key).await?;
        match send_parts(&mut *upload, first, ready).await {
            Ok(true) => upload.complete().await.map(drop).map_err(Into::into),
            incomplete => {
                upload.abort().await?;
                incomplete.map(drop)
            }
        }
    }

    /// Opens one for reading.
    pub(super) async fn open(&self, name: &str) -> io::Result<File> {
        let found = self.store.get(&Key::from(name)).await?;
        let mut content = match found.payload {
            GetResultPayload::File(file, _) => return Ok(file),
            GetResultPayload::Stream(content) => content,
        };
        let mut copy = tempfile::tempfile_in(&self.scratch)?;
        while let Some(part) = content.next().await {
            copy.write_all(&part?)?;
        }
        copy.rewind()?;
        Ok(copy)
    }

    /// Forgets one, if it is there. What has opened it can go on reading.
    pub(super) async fn remove(&self, name: &str) -> io::Result<()> {
        match self.store.delete(&Key::from(name)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            done => Ok(done?),
        }
    }

    /// Forgets what a crash has left half written. For when nobody writes; a bucket has rules of its own for that.
    pub(super) fn remove_unfinished(&self) -> io::Result<()> {
        if !self.is_local {
            return Ok(());
        }
        for entry in fs::read_dir(&self.scratch)? {
            let entry = entry?;
            // So the crate names what it writes until it is whole.
            if entry.file_name().to_string_lossy().contains('#') {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The names of all, in order.
    pub(super) async fn names(&self) -> io::Result<Vec<String>> {
        let found = self.store.list(None).map_ok(|object| object.location.to_string());
        let mut names: Vec<String> = found.try_collect().await?;
        names.sort_unstable();
        Ok(names)
    }
}

/// Sends parts up to the last one; gives whether that came.
async fn send_parts(
    upload: &mut dyn MultipartUpload,
    first: Part,
    ready: &mut mpsc::Receiver<Part>,
) -> io::Result<bool> {
    let mut next = Some(first);
    while let Some(part) = next {
        upload.put_part(PutPayload::from(part.bytes)).await?;
        if part.is_last {
            return Ok(true);
        }
        next = ready.recv().await;
    }
    Ok(false)
}

#[derive(Debug)]
struct Part {
    bytes: Bytes,
    is_last: bool,
}

/// Takes what is written and passes it on in large parts.
#[derive(Debug)]
pub(crate) struct BlobWriter {
    part: BytesMut,
    parts: mpsc::Sender<Part>,
}

impl BlobWriter {
    fn send(&mut self, is_last: bool) -> io::Result<()> {
        let part = Part { bytes: self.part.split().freeze(), is_last };
        self.parts.blocking_send(part).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full part waits for what comes after it, so that the last one is known to be the last.
        if self.part.len() == PART {
            self.send(false)?;
        }
        let taken = bytes.len().min(PART - self.part.len());
        self.part.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Nothing is there before all is.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use s3s::auth::SimpleAuth;
    use s3s::service::S3ServiceBuilder;
    use tempfile::TempDir;
    use tokio::net::TcpListener;
    use tower::Service;

    use super::*;

    /// A folder, and a bucket of a service that speaks S3 over a socket.
    async fn places(folder: &TempDir) -> Vec<(&'static str, Blobs)> {
        let local = Blobs::local(&folder.path().join("local")).unwrap();
        vec![("folder", local), ("bucket", bucket(folder, "secret").await)]
    }

    async fn bucket(folder: &TempDir, secret: &str) -> Blobs {
        let served = folder.path().join("served");
        fs::create_dir_all(served.join("bucket")).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(served).unwrap());
        service.set_auth(SimpleAuth::from_single("somebody", "secret"));
        let service = service.build();
        let router = Router::new().fallback(async move |request: Request| {
            let mut service = service.clone();
            Service::call(&mut service, request).await.unwrap().map(Body::new)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let environment = [
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "here"),
            ("AWS_ACCESS_KEY_ID", "somebody"),
            ("AWS_SECRET_ACCESS_KEY", secret),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Blobs::bucket("s3://bucket/some/prefix", environment, folder.path()).unwrap()
    }

    async fn content(blobs: &Blobs, name: &str) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        blobs.open(name).await?.read_to_end(&mut content)?;
        Ok(content)
    }

    fn is_missing<T>(found: io::Result<T>) -> bool {
        found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    #[tokio::test]
    async fn what_is_written_is_read_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        for (place, blobs) in places(&folder).await {
            for (name, length) in [("short", 3), ("part", PART), ("long", 2 * PART + 17)] {
                let expected: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
                let written = expected.clone();
                blobs.write(name, move |out| out.write_all(&written)).await.unwrap();
                assert!(content(&blobs, name).await.unwrap() == expected, "{place} {name}");
            }
            blobs.write("short", |out| out.write_all(b"anew")).await.unwrap();
            assert_eq!(content(&blobs, "short").await.unwrap(), b"anew", "{place}");
            assert_eq!(blobs.names().await.unwrap(), ["long", "part", "short"], "{place}");

            let mut opened = blobs.open("short").await.unwrap();
            blobs.remove("short").await.unwrap();
            blobs.remove("short").await.unwrap();
            assert!(is_missing(blobs.open("short").await), "{place}");
            let mut rest = Vec::new();
            opened.read_to_end(&mut rest).unwrap();
            assert_eq!(rest, b"anew", "{place}: what is open stays");
        }
    }

    #[tokio::test]
    async fn what_is_not_written_to_the_end_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        for (place, blobs) in places(&folder).await {
            for length in [0, 3, 2 * PART] {
                let write = move |out: &mut BlobWriter| {
                    out.write_all(&vec![1; length])?;
                    Err(io::Error::other("no more"))
                };
                let failed = blobs.write("half", write).await.unwrap_err();
                assert_eq!(failed.to_string(), "no more", "{place} {length}");
                assert!(is_missing(blobs.open("half").await), "{place} {length}");
                assert!(blobs.names().await.unwrap().is_empty(), "{place} {length}");
            }
        }
    }

    #[tokio::test]
    async fn a_service_that_refuses_us_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = bucket(&folder, "wrong").await;
        let failed = blobs.write("name", |out| out.write_all(&vec![1; 3 * PART])).await;
        assert!(failed.is_err());
        assert!(content(&blobs, "name").await.is_err_and(|error| error.kind() != io::ErrorKind::NotFound));
    }
}
