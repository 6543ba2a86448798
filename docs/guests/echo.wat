;; A process of a sandbox that sends every message {Pid, Anything} back to Pid, in plain wasm.
;;
;; In memory: the output block at 0, a pid that is being sent to at 512, and from 1024 on the messages that wait, each as its
;; length in four bytes and the message itself.
(module
  (import "orrery" "send" (func $send (param i32 i32 i32 i32) (result i64)))
  (memory (export "memory") 2)
  ;; Behind the last message that waits.
  (global $end (mut i32) (i32.const 1024))
  (global $messages (mut i64) (i64.const 0))

  ;; Bytes of the host go behind the last message. They stay there if they turn out to be one.
  (func (export "buffer") (param $length i32) (result i32)
    (local $missing i32)
    (local.set $missing
      (i32.sub
        (i32.add (i32.add (global.get $end) (local.get $length)) (i32.const 4))
        (i32.shl (memory.size) (i32.const 16))))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq
              (memory.grow (i32.add (i32.shr_u (local.get $missing) (i32.const 16)) (i32.const 1)))
              (i32.const -1))
          (then (unreachable)))))
    (i32.add (global.get $end) (i32.const 4)))

  (func (export "output") (result i32) (i32.const 0))

  ;; What it is called with does not matter to it.
  (func (export "start") (param i32) (result i32) (i32.const 0))

  (func (export "deliver") (param $length i32) (result i32)
    (i32.store (global.get $end) (local.get $length))
    (global.set $end (i32.add (i32.add (global.get $end) (local.get $length)) (i32.const 4)))
    (global.set $messages (i64.add (global.get $messages) (i64.const 1)))
    (i32.const 0))

  ;; Answers all messages that wait, and waits for more.
  (func (export "run") (param i64) (result i32)
    (local $at i32)
    (local.set $at (i32.const 1024))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (global.get $end)))
        (call $answer (i32.add (local.get $at) (i32.const 4)) (i32.load (local.get $at)))
        (local.set $at (i32.add (i32.add (local.get $at) (i32.load (local.get $at))) (i32.const 4)))
        (br $next)))
    (global.set $end (i32.const 1024))
    (global.set $messages (i64.const 0))
    ;; In the output block: nothing waits any more.
    (i64.store (i32.const 24) (global.get $messages))
    (i32.const 1))

  ;; A tuple of two (104, 2) behind the version (131), whose first element is a pid (88) with a short node name (119).
  (func $answer (param $message i32) (param $length i32)
    (local $pid i32)
    (if (i32.lt_u (local.get $length) (i32.const 6)) (then (return)))
    ;; The first four bytes, as a number in little-endian.
    (if (i32.ne (i32.load (local.get $message)) (i32.const 0x58026883)) (then (return)))
    (if (i32.ne (i32.load8_u offset=4 (local.get $message)) (i32.const 119)) (then (return)))
    ;; Tag, tag and length of the name, the name, and three numbers of four bytes.
    (local.set $pid (i32.add (i32.load8_u offset=5 (local.get $message)) (i32.const 15)))
    (i32.store8 (i32.const 512) (i32.const 131))
    (memory.copy (i32.const 513) (i32.add (local.get $message) (i32.const 3)) (local.get $pid))
    (drop (call $send
      (i32.const 512) (i32.add (local.get $pid) (i32.const 1)) (local.get $message) (local.get $length)))))
