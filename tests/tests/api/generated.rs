//! Requests that are made from the description of the API, sensible ones and others: whatever comes, the server answers as it says
//! that it does.

use std::collections::HashMap;

use boon::{Compiler, SchemaIndex, Schemas};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::TestServer;

/// How often each operation is asked for.
const REQUESTS: usize = 40;

/// The same for those that run a program.
const RUNS: usize = 4;

/// Texts that fit somewhere.
const FITTING: [&str; 12] = [
    "Kim",
    "Ünïcode 🦊",
    "ada@example.org",
    "a long password",
    "main.exs",
    "lib/a b/über.ex",
    "1,22",
    "exited",
    "sent,exited",
    "/",
    "key-1",
    "x",
];

const TEXTS: [&str; 14] = [
    "",
    " ",
    "a",
    "main.exs",
    "counter",
    "\0",
    "\u{202e}\u{1f98a}e\u{301}",
    "../../etc/passwd",
    "' OR 1=1 --",
    "%00%ff",
    "null",
    "-1",
    "[]",
    "18446744073709551616",
];

/// What the server says of itself.
struct Description {
    api: Value,
    compiler: Compiler,
    schemas: Schemas,
    known: HashMap<String, SchemaIndex>,
}

/// Where the description lies, for references in it.
const HERE: &str = "http://localhost/api.json";

impl Description {
    async fn of(server: &TestServer) -> Self {
        let api = Person::nobody(server).get("/api/openapi.json").await.unwrap().body;
        let mut compiler = Compiler::new();
        compiler.add_resource(HERE, api.clone()).unwrap();
        Self { api, compiler, schemas: Schemas::new(), known: HashMap::new() }
    }

    /// Why the schema at this place does not allow a value; nothing when it does.
    fn refuses(&mut self, place: &str, value: &Value) -> Option<String> {
        let index = *self.known.entry(place.to_owned()).or_insert_with(|| {
            self.compiler.compile(&format!("{HERE}#{}", percent_path(place)), &mut self.schemas).unwrap()
        });
        self.schemas.validate(value, index).err().map(|error| error.to_string())
    }

    /// What a reference leads to.
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(path) => {
                self.resolved(self.api.pointer(path.trim_start_matches('#')).expect("references lead somewhere"))
            }
            None => schema,
        }
    }

    /// A value that the schema may well allow.
    fn sample(&self, schema: &Value, rng: &mut StdRng, depth: usize) -> Value {
        let schema = self.resolved(schema);
        for list in ["oneOf", "anyOf"] {
            if let Some(options) = schema[list].as_array() {
                return self.sample(options.choose(rng).expect("there is an option"), rng, depth + 1);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            let mut merged = json!({});
            for part in all {
                if let Value::Object(part) = self.sample(part, rng, depth + 1) {
                    merged.as_object_mut().expect("an object").extend(part);
                }
            }
            return merged;
        }
        if let Some(options) = schema["enum"].as_array() {
            return options.choose(rng).expect("there is an option").clone();
        }
        if !schema["const"].is_null() {
            return schema["const"].clone();
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => vec!["string", "integer", "object"],
        };
        match *kinds.choose(rng).expect("there is a kind") {
            "null" => Value::Null,
            "boolean" => rng.random::<bool>().into(),
            "integer" => integer(schema, rng).into(),
            "number" => rng.random_range(-1e9..1e9).into(),
            "string" if schema["pattern"].is_string() || schema["minLength"].is_u64() => fitting(rng).into(),
            "string" => text(rng).into(),
            "array" if depth < 6 => {
                (0..rng.random_range(0..3)).map(|_| self.sample(&schema["items"], rng, depth + 1)).collect()
            }
            "array" => json!([]),
            _ => self.object(schema, rng, depth),
        }
    }

    fn object(&self, schema: &Value, rng: &mut StdRng, depth: usize) -> Value {
        let mut object = serde_json::Map::new();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if required.contains(&name.as_str()) || (depth < 6 && rng.random::<bool>()) {
                object.insert(name.clone(), self.sample(property, rng, depth + 1));
            }
        }
        if schema["additionalProperties"].is_object() && depth < 6 {
            let named = schema["propertyNames"].is_object();
            for _ in 0..rng.random_range(0..3) {
                let name = if named { fitting(rng) } else { text(rng) };
                object.insert(name, self.sample(&schema["additionalProperties"], rng, depth + 1));
            }
        }
        object.into()
    }
}

fn integer(schema: &Value, rng: &mut StdRng) -> i64 {
    let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
    let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
    let usual = rng.random_range(-10..2_000);
    *[least, most, 0, 1, usual].choose(rng).expect("there are some")
}

/// A text that may well match some pattern.
fn fitting(rng: &mut StdRng) -> String {
    match rng.random_range(0..5) {
        0 => text(rng),
        1 => format!("{}{}", FITTING.choose(rng).expect("there are some"), rng.random_range(0..1_000_000)),
        _ => (*FITTING.choose(rng).expect("there are some")).to_owned(),
    }
}

fn text(rng: &mut StdRng) -> String {
    match rng.random_range(0..4) {
        0 => (0..rng.random_range(0..40)).map(|_| rng.random::<char>()).collect(),
        1 => "x".repeat(rng.random_range(0..5_000)),
        _ => (*TEXTS.choose(rng).expect("there are some")).to_owned(),
    }
}

/// Puts something else in place of a part.
fn spoil(value: &mut Value, rng: &mut StdRng) {
    let other =
        [json!(null), json!(7), json!("text"), json!({"a": 1}), json!(1e300), json!(true), json!([]), json!(["a", 1])];
    let inner = match value {
        Value::Object(object) if !object.is_empty() => {
            let at = rng.random_range(0..object.len());
            object.values_mut().nth(at)
        }
        Value::Array(list) if !list.is_empty() => {
            let at = rng.random_range(0..list.len());
            list.get_mut(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) if rng.random::<bool>() => spoil(inner, rng),
        Some(inner) => *inner = other.choose(rng).expect("there are some").clone(),
        None => *value = other.choose(rng).expect("there are some").clone(),
    }
}

/// Somebody with something of everything.
struct Somebody {
    person: Person,
    /// What stands for the parameters of paths.
    names: Vec<(&'static str, String)>,
}

impl Somebody {
    async fn new(server: &TestServer) -> Self {
        let person = Person::guest(server, "Somebody").await.unwrap();
        let sandbox = person.sandbox(json!({"files": {"main.exs": "1"}})).await.unwrap();
        let other = Person::guest(server, "Other").await.unwrap();
        let member = format!("/api/sandboxes/{sandbox}/members/{}", other.id);
        person.ask(Method::PUT, &member, Some(json!({"role": "editor"}))).await.unwrap();
        let link =
            person.post(&format!("/api/sandboxes/{sandbox}/links"), json!({"capability": "view"})).await.unwrap();
        let token = person.post("/api/tokens", json!({"name": "t", "scopes": ["read"]})).await.unwrap();
        let names = vec![
            ("sandbox", sandbox),
            ("user", other.id),
            ("link", link.body["link"]["id"].as_str().unwrap().to_owned()),
            ("secret", link.text("secret")),
            ("token", token.body["token"]["id"].as_str().unwrap_or_default().to_owned()),
            ("template", "counter".to_owned()),
            ("document", "code".to_owned()),
        ];
        Self { person, names }
    }

    fn path(&self, path: &str, rng: &mut StdRng) -> String {
        let parts = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if rng.random_range(0..8) > 0 => {
                self.names.iter().find(|(known, _)| *known == name).expect("every parameter is known").1.clone()
            }
            Some(_) => percent(&text(rng)),
            None => part.to_owned(),
        });
        format!("/api{}", parts.collect::<Vec<_>>().join("/"))
    }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A name as a part of a JSON pointer (RFC 6901).
fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A JSON pointer in a URL.
fn percent_path(pointer: &str) -> String {
    pointer.replace('{', "%7B").replace('}', "%7D")
}

#[tokio::test]
async fn whatever_is_asked_is_answered_as_described() {
    let server = TestServer::start().await.unwrap();
    let mut description = Description::of(&server).await;
    let client = Client::new();
    let mut rng = StdRng::seed_from_u64(1);
    let mut accepted = 0;
    let paths = description.api["paths"].clone();
    for (path, operations) in paths.as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let place = format!("/paths/{}/{method}", pointer(path));
            let method: Method = method.to_uppercase().parse().unwrap();
            let mut somebody = Somebody::new(&server).await;
            let takes = format!("{place}/requestBody/content/application~1json/schema");
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let count = if method == Method::POST && path.contains("run") { RUNS } else { REQUESTS };
            for _ in 0..count {
                let asked = description.parameters(&place, operation, &mut rng);
                let path = format!("{}?{}", somebody.path(path, &mut rng), asked.query.trim_start_matches('&'));
                let request = client.request(method.clone(), server.url(&path)).headers(asked.headers);
                let mut request = request.bearer_auth(&somebody.person.token);
                let mut sent = Value::Null;
                let mut is_text = !operation["responses"]["101"].is_object();
                if !body.is_null() {
                    sent = description.sample(body, &mut rng, 0);
                    match rng.random_range(0..6) {
                        0 => {
                            let text = text(&mut rng);
                            is_text &= serde_json::from_str::<Value>(&text).is_ok();
                            sent = serde_json::from_str(&text).unwrap_or_default();
                            request = request.header("content-type", "application/json").body(text);
                        }
                        1 => {
                            spoil(&mut sent, &mut rng);
                            request = request.json(&sent);
                        }
                        _ => request = request.json(&sent),
                    }
                }
                let what = format!("{method} {path} {sent}");
                let response = request.send().await.unwrap();
                let is_good = response.status().is_success();
                let refused = if body.is_null() { None } else { description.refuses(&takes, &sent) };
                if is_good {
                    accepted += 1;
                    assert_eq!(refused, None, "it is accepted: {what}");
                } else if refused.is_none() && asked.fits && is_text {
                    let why_not = [401, 403, 404, 409, 429].contains(&response.status().as_u16());
                    assert!(why_not, "it fits, and is refused: {what}: {}", response.text().await.unwrap());
                    continue;
                }
                description.check(&place, operation, response, &what).await;
                if is_good && method == Method::DELETE {
                    somebody = Somebody::new(&server).await;
                }
            }
        }
    }
    assert!(accepted > 300, "{accepted} of them made sense");
}

/// A query and headers.
struct Asked {
    query: String,
    headers: HeaderMap,
    /// Whether they are as described.
    fits: bool,
}

impl Description {
    /// A query and headers, some of those that an operation takes.
    fn parameters(&mut self, place: &str, operation: &Value, rng: &mut StdRng) -> Asked {
        let mut asked = Asked { query: String::new(), headers: HeaderMap::new(), fits: true };
        for (at, parameter) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
            let name = parameter["name"].as_str().unwrap();
            if rng.random::<bool>() || parameter["in"] == "path" || name == "access_token" {
                continue;
            }
            let value = self.sample(&parameter["schema"], rng, 0);
            // A language has no schema: what is written in it may be wrong in other ways.
            asked.fits &= name != "pattern" && !value.is_null();
            asked.fits &= self.refuses(&format!("{place}/parameters/{at}/schema"), &value).is_none();
            let value = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            match parameter["in"].as_str() {
                Some("query") => asked.query.push_str(&format!("&{name}={}", percent(&value))),
                _ => drop(value.parse().map(|value| asked.headers.insert(name.parse::<HeaderName>().unwrap(), value))),
            }
        }
        asked
    }

    async fn check(&mut self, place: &str, operation: &Value, response: Response, what: &str) {
        let status = response.status();
        assert!(!status.is_server_error(), "{what}: {status}");
        let names = [status.as_str().to_owned(), format!("{}XX", status.as_u16() / 100)];
        let name = names.iter().find(|name| !operation["responses"][name].is_null());
        let name = name.unwrap_or_else(|| panic!("{what}: {status} is not described"));
        let Some(content) = operation["responses"][name]["content"].as_object() else {
            assert!(response.bytes().await.unwrap().is_empty(), "{what}: {status} has a body");
            return;
        };
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let kind = kind.unwrap_or_else(|| panic!("{what}: {status} has no body"));
        let kind = kind.split(';').next().unwrap_or_default();
        assert!(content.contains_key(kind), "{what}: {status} with {kind}");
        if kind == "application/json" {
            let body: Value = response.json().await.unwrap();
            let gives = format!("{place}/responses/{name}/content/application~1json/schema");
            assert_eq!(self.refuses(&gives, &body), None, "{what}: {status} {body}");
        }
    }
}

#[tokio::test]
async fn what_is_not_described_is_not_allowed() {
    let server = TestServer::start().await.unwrap();
    let api = Person::nobody(&server).get("/api/openapi.json").await.unwrap().body;
    let somebody = Somebody::new(&server).await;
    let client = Client::new();
    let mut rng = StdRng::seed_from_u64(2);
    for (path, operations) in api["paths"].as_object().unwrap() {
        let url = server.url(&somebody.path(path, &mut rng));
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECTED"] {
            if operations[method.to_lowercase()].is_null() {
                let answer = client.request(method.parse().unwrap(), &url).send().await.unwrap();
                assert_eq!(answer.status(), 405, "{method} {path}");
                assert!(answer.headers().contains_key("allow"), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_showing_who_they_are() {
    let server = TestServer::start().await.unwrap();
    let api = Person::nobody(&server).get("/api/openapi.json").await.unwrap().body;
    let somebody = Somebody::new(&server).await;
    let mut rng = StdRng::seed_from_u64(3);
    for (path, operations) in api["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_open = operation["security"].as_array().is_some_and(|ways| ways.contains(&json!({})));
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = somebody.path(path, &mut rng);
            for token in ["", "wrong", "ory_s_0123456789"] {
                let person = somebody.person.with_token(token);
                let body = matches!(method, Method::POST | Method::PUT | Method::PATCH).then(|| json!({}));
                let answer = person.ask(method.clone(), &path, body).await.unwrap();
                assert_eq!(answer.status == 401, !is_open, "{method} {path} {token:?}: {answer:?}");
            }
        }
    }
}
