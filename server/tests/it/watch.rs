//! Files that change on disk are read without being asked to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::TestApp;
use crate::support::app::{client, write_files};

const NO_DATASOURCES: (&str, &str) = ("etc/datasources.yml", "datasources: []\n");

async fn first_title(app: &TestApp) -> String {
    let (_, body) = app.json("/api/v1/dashboards").await;
    body[0]["title"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_file_written_in_place_or_renamed_over_is_read() {
    let app = TestApp::start(&[NO_DATASOURCES, ("etc/dashboards/a.yml", "title: A\n")]).await;
    let _watch = app.watch();
    write_files(app.dir(), &[("etc/dashboards/a.yml", "title: in place\n")]);
    app.until(async || first_title(&app).await == "in place")
        .await;
    write_files(
        app.dir(),
        &[("etc/dashboards/.a.yml.swp", "title: renamed\n")],
    );
    let folder = app.dir().join("etc/dashboards");
    fs::rename(folder.join(".a.yml.swp"), folder.join("a.yml")).unwrap();
    app.until(async || first_title(&app).await == "renamed")
        .await;
    fs::remove_file(folder.join("a.yml")).unwrap();
    app.until(async || first_title(&app).await.is_empty()).await;
    write_files(
        app.dir(),
        &[("etc/dashboards/new/b.yml", "title: new folder\n")],
    );
    app.until(async || first_title(&app).await == "new folder")
        .await;
}

#[tokio::test]
async fn a_bad_file_is_told_and_a_good_one_after_it_is_used() {
    let app = TestApp::start(&[NO_DATASOURCES, ("etc/dashboards/a.yml", "title: A\n")]).await;
    let _watch = app.watch();
    let faults = async || {
        let (_, body) = app.json("/api/v1/status/config").await;
        body["data"]["faults"].as_array().map_or(0, Vec::len)
    };
    write_files(app.dir(), &[("etc/dashboards/a.yml", "titel: A\n")]);
    app.until(async || faults().await == 1).await;
    assert_eq!(first_title(&app).await, "A");
    write_files(app.dir(), &[("etc/dashboards/a.yml", "title: mended\n")]);
    app.until(async || faults().await == 0).await;
    assert_eq!(first_title(&app).await, "mended");
}

/// Writes a version of a ConfigMap the way Kubernetes mounts it: files are links into `..data`,
/// which is a link to a folder of this version and is turned in one step.
fn mount(folder: &Path, version: &str, title: &str) {
    let dashboard = format!("title: {title}\n");
    write_files(&folder.join(version), &[("a.yml", &dashboard)]);
    let next = folder.join("..data_tmp");
    symlink(version, &next).unwrap();
    fs::rename(next, folder.join("..data")).unwrap();
    if !folder.join("a.yml").exists() {
        symlink("..data/a.yml", folder.join("a.yml")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_map_is_swapped_under_load_without_a_failed_request() {
    let app = TestApp::start(&[NO_DATASOURCES]).await;
    let folder = app.dir().join("etc/dashboards/user");
    fs::create_dir_all(&folder).unwrap();
    mount(&folder, "..v0", "version 0");
    app.app.reload().await;
    let _watch = app.watch();
    let done = Arc::new(AtomicBool::new(false));
    let viewers: Vec<_> = (0..4)
        .map(|_| {
            let (done, client) = (done.clone(), client());
            let url = app.url("/api/v1/dashboards");
            tokio::spawn(async move {
                let mut asked = 0;
                while !done.load(Ordering::Relaxed) || asked == 0 {
                    let answer = client.get(&url).send().await.unwrap();
                    assert_eq!(answer.status(), 200);
                    let text = answer.text().await.unwrap();
                    assert!(text.starts_with("[{\"title\":\"version "), "{text}");
                    asked += 1;
                }
            })
        })
        .collect();
    for version in 1..=5 {
        let title = format!("version {version}");
        mount(&folder, &format!("..v{version}"), &title);
        fs::remove_dir_all(folder.join(format!("..v{}", version - 1))).unwrap();
        app.until(async || first_title(&app).await == title).await;
    }
    done.store(true, Ordering::Relaxed);
    for viewer in viewers {
        viewer.await.unwrap();
    }
}
