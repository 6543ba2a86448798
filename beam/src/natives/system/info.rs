//! `erlang:system_info/1`.

use super::super::hosted::{self, hosted_number};
use super::super::messages;
use super::super::processes::flag;
use crate::arith::MAX_WORDS;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::flags::{Flags, MaxHeapSize, heap_sizes};
use crate::term::{Term, kind};
use crate::vm::Vm;

/// Reductions of a turn as OTP counts them. The machine's own turns may be of another length.
const CONTEXT_REDUCTIONS: i64 = 4000;

pub(super) fn system_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    let name = vm.atom_name(args[0]).to_owned();
    if let Some(value) = of_name(vm, &name)? {
        return Ok(value);
    }
    if let Some(&[key, argument]) = args[0].tuple_of::<2>() {
        return of_pair(vm, key, argument);
    }
    if let Some(&[key, reference, allocators]) = args[0].tuple_of::<3>()
        && vm.atom_name(key) == "memory_internal"
    {
        return memory_of_allocators(vm, reference, allocators);
    }
    match name.as_str() {
        // Figures of the sandbox.
        "process_count" | "process_limit" | "port_limit" | "ets_count" | "ets_limit" | "start_time"
        | "persistent_term" => hosted::call(vm, hosted_number!("erlang", "system_info", 1), args),
        _ => Err(Fail::BADARG),
    }
}

fn of_pair(vm: &mut Vm, key: Term, argument: Term) -> Outcome {
    match (vm.atom_name(key), vm.atom_name(argument)) {
        ("wordsize", "internal" | "external") => Ok(Term::small(8)),
        ("cpu_topology", "defined" | "detected" | "used") => Ok(atoms::UNDEFINED),
        // No allocator of OTP's is in use, which is what OTP says of one that is switched off.
        ("allocator" | "allocator_sizes", _) if argument.is_atom() => Ok(atoms::FALSE),
        ("allocator" | "allocator_sizes", _) => switched_off(vm, argument),
        _ => Err(Fail::BADARG),
    }
}

/// `{Allocator, false}` for each of a list.
fn switched_off(vm: &mut Vm, allocators: Term) -> Outcome {
    let names = allocators.proper_list().filter(|names| names.iter().all(|name| name.is_atom())).ok_or(Fail::BADARG)?;
    let pairs: Vec<Term> = names.iter().map(|name| vm.heap.tuple(&[*name, atoms::FALSE])).collect();
    Ok(vm.heap.list(&pairs))
}

/// `{memory_internal, Reference, Allocators}`: every scheduler, of which there is one, sends what it knows of them.
fn memory_of_allocators(vm: &mut Vm, reference: Term, allocators: Term) -> Outcome {
    let pairs = switched_off(vm, allocators)?;
    let answer = vm.heap.tuple(&[reference, Term::small(0), pairs]);
    messages::send(vm, &[vm.pid, answer])?;
    Ok(atoms::TRUE)
}

/// The items that are known here. An unknown item and one of the host's give nothing.
fn of_name(vm: &mut Vm, name: &str) -> Result<Option<Term>, Fail> {
    let value = match name {
        "otp_release" => {
            let otp = vm.image.get().release.otp.clone();
            vm.heap.string(&otp)
        }
        "version" => {
            let erts = vm.image.get().release.erts.clone();
            vm.heap.string(&erts)
        }
        "system_version" => {
            let release = &vm.image.get().release;
            let text = format!(
                "Erlang/OTP {} [erts-{}] [source] [64-bit] [smp:1:1] [ds:1:1:1] [async-threads:1]\n",
                release.otp, release.erts
            );
            vm.heap.string(&text)
        }
        "compat_rel" => Term::small(vm.image.get().release.otp.parse().unwrap_or(0)),
        "machine" => vm.heap.string("BEAM"),
        "system_architecture" => vm.heap.string("wasm32-unknown-unknown"),
        "driver_version" => vm.heap.string("3.3"),
        "nif_version" => vm.heap.string("2.17"),
        "wordsize" => Term::small(8),
        "schedulers"
        | "schedulers_online"
        | "scheduler_id"
        | "dirty_cpu_schedulers"
        | "dirty_cpu_schedulers_online"
        | "dirty_io_schedulers"
        | "logical_processors"
        | "logical_processors_available"
        | "logical_processors_online"
        | "thread_pool_size" => Term::small(1),
        "atom_count" => match vm.image.get().library_atoms {
            // What processes made since is known to the host, whoever of them it was.
            Some(library) => {
                let key = vm.atom(name)?;
                let made = hosted::call(vm, hosted_number!("erlang", "system_info", 1), &[key])?;
                Term::small(library as i64 + made.small_value().unwrap_or(0))
            }
            None => Term::small(vm.atoms().len() as i64),
        },
        "atom_limit" => Term::small(vm.image.get().atoms.limit() as i64),
        "context_reductions" => Term::small(CONTEXT_REDUCTIONS),
        "max_integer" => vm.heap.boxed(kind::BIG_POS, 0, &[u64::MAX; MAX_WORDS]),
        "snifs" => static_natives(vm)?,
        "trace_control_word" | "creation" => Term::small(0),
        // That of the console.
        "port_count" => Term::small(1),
        "delayed_node_table_gc" => Term::small(60),
        "dist_buf_busy_limit" => Term::small(1 << 20),
        "outstanding_system_requests_limit" => Term::small(4),
        "end_time" => Term::small(i64::MAX / 16),
        "build_type" | "emu_type" => vm.atom("opt")?,
        "emu_flavor" => vm.atom("emu")?,
        "endian" => atoms::LITTLE,
        "heap_type" => vm.atom("private")?,
        "message_queue_data" => vm.atom("on_heap")?,
        "time_correction" | "threads" | "smp_support" | "eager_check_io" | "constant_pool_support" => atoms::TRUE,
        "kernel_poll"
        | "debug_compiled"
        | "dynamic_trace_probes"
        | "async_dist"
        | "port_parallelism"
        | "ets_always_compress"
        | "beam_jump_table"
        | "lock_checking"
        | "lock_counting" => atoms::FALSE,
        "time_warp_mode" => vm.atom("no_time_warp")?,
        "time_offset" => vm.atom("final")?,
        "tolerant_timeofday" => vm.atom("disabled")?,
        "multi_scheduling" => vm.atom("disabled")?,
        "scheduler_bind_type" => vm.atom("unbound")?,
        "dynamic_trace" => atoms::NONE,
        "halt_flush_timeout" => atoms::INFINITY,
        "update_cpu_info" => vm.atom("unchanged")?,
        "cpu_topology" | "modified_timing_level" | "hipe_architecture" => atoms::UNDEFINED,
        "taints"
        | "dist_ctrl"
        | "alloc_util_allocators"
        | "allocated_areas"
        | "check_io"
        | "ethread_info"
        | "multi_scheduling_blockers"
        | "normal_multi_scheduling_blockers" => Term::NIL,
        "allocator" => vm.heap.tuple(&[atoms::UNDEFINED, Term::NIL, Term::NIL, Term::NIL]),
        "scheduler_bindings" => {
            let unbound = vm.atom("unbound")?;
            vm.heap.tuple(&[unbound])
        }
        // Programs only tell systems apart by it, so it names the one whose behaviour the machine imitates.
        "os_type" => pair(vm, "unix", "linux")?,
        "os_version" => vm.heap.tuple(&[6, 1, 0].map(Term::small)),
        "c_compiler_used" => {
            let compiler = vm.atom("rustc")?;
            vm.heap.tuple(&[compiler, atoms::UNDEFINED])
        }
        "dist" => vm.heap.binary(b"=node:'nonode@nohost'\n=no_distribution\n"),
        "sequential_tracer" => {
            let key = vm.atom("sequential_tracer")?;
            vm.heap.tuple(&[key, atoms::FALSE])
        }
        "heap_sizes" => {
            let sizes: Vec<Term> = heap_sizes().map(|words| Term::small(words as i64)).collect();
            vm.heap.list(&sizes)
        }
        "max_heap_size" => flag::write_max_heap_size(vm, MaxHeapSize::default())?,
        "min_heap_size" | "min_bin_vheap_size" | "fullsweep_after" => {
            let default = default_of(name);
            let key = vm.atom(name)?;
            vm.heap.tuple(&[key, Term::small(default)])
        }
        "garbage_collection" => {
            let mut settings = Vec::new();
            for name in ["max_heap_size", "min_bin_vheap_size", "min_heap_size", "fullsweep_after"] {
                let key = vm.atom(name)?;
                settings.push(vm.heap.tuple(&[key, Term::small(default_of(name))]));
            }
            vm.heap.list(&settings)
        }
        "os_monotonic_time_source" => {
            let time = vm.host.monotonic_time();
            time_source(vm, time)?
        }
        "os_system_time_source" => {
            let time = vm.host.system_time();
            time_source(vm, time)?
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}

/// The functions that the runtime system of OTP provides itself, as `{Module, Function, Arity}`.
fn static_natives(vm: &mut Vm) -> Outcome {
    let image = vm.image.clone();
    let mut functions = Vec::new();
    for native in &image.get().natives {
        if super::super::funs::is_native_in_otp(native.module, native.function, u32::from(native.arity)) {
            let name = [vm.atom(native.module)?, vm.atom(native.function)?, Term::small(i64::from(native.arity))];
            functions.push(vm.heap.tuple(&name));
        }
    }
    Ok(vm.heap.list(&functions))
}

fn default_of(name: &str) -> i64 {
    let flags = Flags::default();
    match name {
        "min_heap_size" => flags.min_heap_size as i64,
        "min_bin_vheap_size" => flags.min_bin_vheap_size as i64,
        "fullsweep_after" => flags.fullsweep_after,
        _ => flags.max_heap_size.size as i64,
    }
}

fn pair(vm: &mut Vm, first: &str, second: &str) -> Outcome {
    let pair = [vm.atom(first)?, vm.atom(second)?];
    Ok(vm.heap.tuple(&pair))
}

fn time_source(vm: &mut Vm, time: i64) -> Outcome {
    let function = pair(vm, "function", "virtual_clock")?;
    let (resolution, key) = (vm.atom("resolution")?, vm.atom("time")?);
    let resolution = vm.heap.tuple(&[resolution, Term::small(1_000_000_000)]);
    let time = vm.heap.int(time);
    let time = vm.heap.tuple(&[key, time]);
    Ok(vm.heap.list(&[function, resolution, time]))
}
