//! Templates run in real Elixir as they are.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tests::client::Person;
use tests::reference;
use tests::server::TestServer;

/// Compiles what is below `src` and `lib` and runs `main.exs`; gives what it wrote.
fn run(dir: &Path, files: &[String]) -> String {
    let program = |name: &str| {
        let mut command = reference::program(name).unwrap();
        command.current_dir(dir).stdin(Stdio::null());
        command
    };
    for file in files.iter().filter(|file| file.ends_with(".erl")) {
        assert!(program("erlc").arg("-Werror").arg(file).status().unwrap().success(), "{file}");
    }
    let modules: Vec<&String> = files.iter().filter(|file| file.ends_with(".ex")).collect();
    let mut elixir = program("elixir");
    elixir.args(["-pa", "."]);
    if !modules.is_empty() {
        let compiled = program("elixirc").arg("--warnings-as-errors").args(&modules).output().unwrap();
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    }
    let output = elixir.arg("main.exs").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn every_template_runs_in_real_elixir() {
    let server = TestServer::start().await.unwrap();
    let templates = Person::nobody(&server).get("/api/templates").await.unwrap().body;
    let templates = templates.as_array().unwrap();
    assert!(templates.len() >= 8);
    for template in templates {
        let id = template["id"].as_str().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for (path, text) in template["files"].as_object().unwrap() {
            let file = dir.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text.as_str().unwrap()).unwrap();
            files.push(path.clone());
        }
        let written = run(dir.path(), &files);
        assert!(!written.is_empty(), "{id}");
    }
}
