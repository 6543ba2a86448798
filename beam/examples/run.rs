//! Runs one function of compiled modules in a single process, without a machine around it.
//!
//! `run -pa DIR... MODULE FUNCTION [ERLANG-INTEGER...]`: modules are searched in the folders, in order. Prints the value that
//! the function returned, or the reason with which the process ended.

use std::path::PathBuf;

use beam::host::{Host, NoHost};
use beam::image::ImageRef;
use beam::interp::turn::Turn;
use beam::term::Term;
use beam::vm::Vm;

struct FileHost {
    none: NoHost,
    folders: Vec<PathBuf>,
    started: std::time::Instant,
}

impl Host for FileHost {
    fn send(&mut self, to: &[u8], message: &[u8]) -> Result<(), Vec<u8>> {
        self.none.send(to, message)
    }
    fn receive(&mut self) -> Option<Vec<u8>> {
        self.none.receive()
    }
    fn call(&mut self, function: u16, arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        self.none.call(function, arguments)
    }
    fn make_ref(&mut self) -> u64 {
        self.none.make_ref()
    }
    fn unique_integer(&mut self) -> u64 {
        self.none.unique_integer()
    }
    fn monotonic_time(&mut self) -> i64 {
        self.started.elapsed().as_nanos() as i64
    }
    fn system_time(&mut self) -> i64 {
        self.monotonic_time()
    }
    fn random(&mut self, buffer: &mut [u8]) {
        self.none.random(buffer);
    }
    fn module(&mut self, name: &str) -> Option<Vec<u8>> {
        self.folders.iter().find_map(|folder| std::fs::read(folder.join(format!("{name}.beam"))).ok())
    }
    fn load_failed(&mut self, name: &str, reason: &str) {
        eprintln!("{name}: {reason}");
    }
    fn new_atom(&mut self, _name: &str) -> bool {
        true
    }
}

fn main() {
    let mut folders = Vec::new();
    let mut rest = Vec::new();
    let mut stress = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-pa" => folders.extend(args.next().map(PathBuf::from)),
            "-stress" => stress = true,
            _ => rest.push(arg),
        }
    }
    let image = ImageRef::new();
    let host = FileHost { none: NoHost::new(), folders, started: std::time::Instant::now() };
    let mut vm = Vm::new(image.clone(), Box::new(host), Term::pid(1));
    vm.heap.stress = stress;
    let atom = |name: &str| image.get_mut().atoms.intern(name).expect("a short name");
    let (module, function) = (atom(&rest[0]), atom(&rest[1]));
    let numbers: Vec<Term> = rest[2..].iter().map(|n| Term::small(n.parse().expect("an integer"))).collect();
    let arguments = vm.heap.list(&numbers);
    vm.start(module, function, arguments).expect("a list of arguments");
    let started = std::time::Instant::now();
    loop {
        match vm.run(4000) {
            Turn::Yield => {}
            Turn::Waiting(until) => {
                println!("waiting {until:?}");
                break;
            }
            Turn::Exited(exit) => {
                if exit.is_crash || exit.reason != beam::atoms::NORMAL {
                    println!("** {}", show(exit.reason, &image));
                } else {
                    println!("{}", show(vm.x[0], &image));
                }
                break;
            }
        }
    }
    eprintln!("{:?}, {} collections", started.elapsed(), vm.heap.collections);
}

fn show(t: Term, image: &ImageRef) -> String {
    if let Some(v) = t.bigint() {
        return v.to_string();
    }
    if let Some(v) = t.float() {
        return format!("{v:?}");
    }
    if t.is_atom() {
        return image.get().atoms.name(t).to_owned();
    }
    if let Some(e) = t.tuple() {
        return format!("{{{}}}", e.iter().map(|t| show(*t, image)).collect::<Vec<_>>().join(","));
    }
    if t.is_list() {
        return format!("[{}]", t.list().map(|t| show(t, image)).collect::<Vec<_>>().join(","));
    }
    if let Some(b) = t.bits() {
        return format!("{:?}/{}", String::from_utf8_lossy(&b.bytes()), b.len);
    }
    if t.is_map() {
        return format!(
            "#{{{}}}",
            beam::map::iter(t)
                .map(|(k, v)| format!("{}=>{}", show(k, image), show(v, image)))
                .collect::<Vec<_>>()
                .join(",")
        );
    }
    format!("{t:?}")
}
