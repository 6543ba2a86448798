//! The generic opcodes of a `Code` chunk: numbers, names, operands.
//!
//! Numbers and names are those of OTP's compiler (`genop.tab`). The table holds what the compilers of OTP 24 to 28 emit;
//! opcodes that only older compilers emit are known by name and refused.

/// What an operand must be. [`validate`](fn@crate::loader::validate) checks each instruction against the kinds of its opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The number of the label that this place gets.
    Definition,
    /// A label, or 0: raise an exception.
    Fail,
    /// A label.
    Label,
    /// `bs_start_match4`: a label, or one of the atoms `no_fail` and `resume`.
    MatchFail,
    /// A register that is read: X or Y.
    Register,
    /// A value: a register or a constant.
    Source,
    /// A size: a value, or an unsigned number.
    Size,
    /// A register that is written: X or Y.
    Target,
    /// A Y register.
    Y,
    /// A floating-point register.
    Float,
    /// `fmove`: a floating-point register or a value.
    FloatOrSource,
    /// `fmove`: a floating-point register or a register that is written.
    FloatOrTarget,
    /// A number.
    Unsigned,
    /// Number of X registers that hold values.
    Live,
    /// Number of arguments in X registers.
    Arity,
    /// Size of a stack frame in slots.
    Frame,
    /// Heap words, or a list of heap needs.
    Heap,
    /// Index of an import.
    Import,
    /// Index of a fun.
    Fun,
    /// Index of a line.
    Line,
    /// An atom.
    Atom,
    /// `call_fun2`: an atom, or the index of a fun.
    FunTag,
    /// Offset in the string table; the operand before it is the length.
    Text,
    /// A list.
    List,
}

/// Where an opcode comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// In [`Op`].
    Op(Op),
    /// Not emitted since before OTP 24.
    Obsolete(&'static str),
    /// Not known here: the release of OTP that is known to emit it.
    Later(&'static str),
}

macro_rules! opcodes {
    ($($number:literal $variant:ident $name:literal [$($kind:ident)*],)*; $($old:literal $old_name:literal,)*) => {
        /// A generic opcode.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[expect(missing_docs, reason = "the names are OTP's; its genop.tab and The BEAM Book describe them")]
        pub enum Op { $($variant = $number,)* }

        impl Op {
            /// Every opcode, by number.
            pub const ALL: &'static [Op] = &[$(Op::$variant,)*];

            /// OTP's name.
            pub const fn name(self) -> &'static str {
                match self { $(Op::$variant => $name,)* }
            }
            /// Kinds of its operands.
            pub const fn kinds(self) -> &'static [Kind] {
                match self { $(Op::$variant => &[$(Kind::$kind,)*],)* }
            }
            pub(crate) const fn lookup(number: u8) -> Known {
                match number {
                    $($number => Known::Op(Op::$variant),)*
                    $($old => Known::Obsolete($old_name),)*
                    185..=193 => Known::Later("29"),
                    _ => Known::Later("30 or later"),
                }
            }
        }
    };
}

impl Op {
    /// Number of operands.
    pub const fn arity(self) -> usize {
        self.kinds().len()
    }
    /// The number in a `Code` chunk.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

opcodes! {
    1 Label "label" [Definition],
    2 FuncInfo "func_info" [Atom Atom Arity],
    3 IntCodeEnd "int_code_end" [],
    4 Call "call" [Arity Label],
    5 CallLast "call_last" [Arity Label Frame],
    6 CallOnly "call_only" [Arity Label],
    7 CallExt "call_ext" [Arity Import],
    8 CallExtLast "call_ext_last" [Arity Import Frame],
    9 Bif0 "bif0" [Import Target],
    10 Bif1 "bif1" [Fail Import Source Target],
    11 Bif2 "bif2" [Fail Import Source Source Target],
    12 Allocate "allocate" [Frame Live],
    13 AllocateHeap "allocate_heap" [Frame Heap Live],
    14 AllocateZero "allocate_zero" [Frame Live],
    15 AllocateHeapZero "allocate_heap_zero" [Frame Heap Live],
    16 TestHeap "test_heap" [Heap Live],
    17 Init "init" [Y],
    18 Deallocate "deallocate" [Frame],
    19 Return "return" [],
    20 Send "send" [],
    21 RemoveMessage "remove_message" [],
    22 Timeout "timeout" [],
    23 LoopRec "loop_rec" [Label Target],
    24 LoopRecEnd "loop_rec_end" [Label],
    25 Wait "wait" [Label],
    26 WaitTimeout "wait_timeout" [Label Source],
    39 IsLt "is_lt" [Label Source Source],
    40 IsGe "is_ge" [Label Source Source],
    41 IsEq "is_eq" [Label Source Source],
    42 IsNe "is_ne" [Label Source Source],
    43 IsEqExact "is_eq_exact" [Label Source Source],
    44 IsNeExact "is_ne_exact" [Label Source Source],
    45 IsInteger "is_integer" [Label Source],
    46 IsFloat "is_float" [Label Source],
    47 IsNumber "is_number" [Label Source],
    48 IsAtom "is_atom" [Label Source],
    49 IsPid "is_pid" [Label Source],
    50 IsReference "is_reference" [Label Source],
    51 IsPort "is_port" [Label Source],
    52 IsNil "is_nil" [Label Source],
    53 IsBinary "is_binary" [Label Source],
    55 IsList "is_list" [Label Source],
    56 IsNonemptyList "is_nonempty_list" [Label Source],
    57 IsTuple "is_tuple" [Label Source],
    58 TestArity "test_arity" [Label Source Unsigned],
    59 SelectVal "select_val" [Source Label List],
    60 SelectTupleArity "select_tuple_arity" [Source Label List],
    61 Jump "jump" [Label],
    62 Catch "catch" [Y Label],
    63 CatchEnd "catch_end" [Y],
    64 Move "move" [Source Target],
    65 GetList "get_list" [Source Target Target],
    66 GetTupleElement "get_tuple_element" [Source Unsigned Target],
    67 SetTupleElement "set_tuple_element" [Source Register Unsigned],
    69 PutList "put_list" [Source Source Target],
    72 Badmatch "badmatch" [Source],
    73 IfEnd "if_end" [],
    74 CaseEnd "case_end" [Source],
    75 CallFun "call_fun" [Arity],
    77 IsFunction "is_function" [Label Source],
    78 CallExtOnly "call_ext_only" [Arity Import],
    89 BsPutInteger "bs_put_integer" [Fail Size Unsigned Unsigned Source],
    90 BsPutBinary "bs_put_binary" [Fail Size Unsigned Unsigned Source],
    91 BsPutFloat "bs_put_float" [Fail Size Unsigned Unsigned Source],
    92 BsPutString "bs_put_string" [Unsigned Text],
    94 Fclearerror "fclearerror" [],
    95 Fcheckerror "fcheckerror" [Fail],
    96 Fmove "fmove" [FloatOrSource FloatOrTarget],
    97 Fconv "fconv" [Source Float],
    98 Fadd "fadd" [Fail Float Float Float],
    99 Fsub "fsub" [Fail Float Float Float],
    100 Fmul "fmul" [Fail Float Float Float],
    101 Fdiv "fdiv" [Fail Float Float Float],
    102 Fnegate "fnegate" [Fail Float Float],
    103 MakeFun2 "make_fun2" [Fun],
    104 Try "try" [Y Label],
    105 TryEnd "try_end" [Y],
    106 TryCase "try_case" [Y],
    107 TryCaseEnd "try_case_end" [Source],
    108 Raise "raise" [Source Source],
    109 BsInit2 "bs_init2" [Fail Size Heap Live Unsigned Target],
    111 BsAdd "bs_add" [Fail Source Source Unsigned Target],
    112 Apply "apply" [Arity],
    113 ApplyLast "apply_last" [Arity Frame],
    114 IsBoolean "is_boolean" [Label Source],
    115 IsFunction2 "is_function2" [Label Source Source],
    117 BsGetInteger2 "bs_get_integer2" [Label Register Live Size Unsigned Unsigned Target],
    118 BsGetFloat2 "bs_get_float2" [Label Register Live Size Unsigned Unsigned Target],
    119 BsGetBinary2 "bs_get_binary2" [Label Register Live Size Unsigned Unsigned Target],
    120 BsSkipBits2 "bs_skip_bits2" [Label Register Size Unsigned Unsigned],
    121 BsTestTail2 "bs_test_tail2" [Label Register Unsigned],
    124 GcBif1 "gc_bif1" [Fail Live Import Source Target],
    125 GcBif2 "gc_bif2" [Fail Live Import Source Source Target],
    129 IsBitstr "is_bitstr" [Label Source],
    131 BsTestUnit "bs_test_unit" [Label Register Unsigned],
    132 BsMatchString "bs_match_string" [Label Register Unsigned Text],
    133 BsInitWritable "bs_init_writable" [],
    134 BsAppend "bs_append" [Fail Size Heap Live Unsigned Source Unsigned Target],
    135 BsPrivateAppend "bs_private_append" [Fail Size Unsigned Source Unsigned Target],
    136 Trim "trim" [Frame Frame],
    137 BsInitBits "bs_init_bits" [Fail Size Heap Live Unsigned Target],
    138 BsGetUtf8 "bs_get_utf8" [Label Register Live Unsigned Target],
    139 BsSkipUtf8 "bs_skip_utf8" [Label Register Live Unsigned],
    140 BsGetUtf16 "bs_get_utf16" [Label Register Live Unsigned Target],
    141 BsSkipUtf16 "bs_skip_utf16" [Label Register Live Unsigned],
    142 BsGetUtf32 "bs_get_utf32" [Label Register Live Unsigned Target],
    143 BsSkipUtf32 "bs_skip_utf32" [Label Register Live Unsigned],
    144 BsUtf8Size "bs_utf8_size" [Fail Source Target],
    145 BsPutUtf8 "bs_put_utf8" [Fail Unsigned Source],
    146 BsUtf16Size "bs_utf16_size" [Fail Source Target],
    147 BsPutUtf16 "bs_put_utf16" [Fail Unsigned Source],
    148 BsPutUtf32 "bs_put_utf32" [Fail Unsigned Source],
    149 OnLoad "on_load" [],
    150 RecvMark "recv_mark" [Label],
    151 RecvSet "recv_set" [Label],
    152 GcBif3 "gc_bif3" [Fail Live Import Source Source Source Target],
    153 Line "line" [Line],
    154 PutMapAssoc "put_map_assoc" [Fail Source Target Live List],
    155 PutMapExact "put_map_exact" [Fail Source Target Live List],
    156 IsMap "is_map" [Label Source],
    157 HasMapFields "has_map_fields" [Label Source List],
    158 GetMapElements "get_map_elements" [Label Source List],
    159 IsTaggedTuple "is_tagged_tuple" [Label Source Unsigned Atom],
    160 BuildStacktrace "build_stacktrace" [],
    161 RawRaise "raw_raise" [],
    162 GetHd "get_hd" [Source Target],
    163 GetTl "get_tl" [Source Target],
    164 PutTuple2 "put_tuple2" [Target List],
    165 BsGetTail "bs_get_tail" [Register Target Live],
    166 BsStartMatch3 "bs_start_match3" [Label Source Live Target],
    167 BsGetPosition "bs_get_position" [Register Target Live],
    168 BsSetPosition "bs_set_position" [Register Source],
    169 Swap "swap" [Target Target],
    170 BsStartMatch4 "bs_start_match4" [MatchFail Live Source Target],
    171 MakeFun3 "make_fun3" [Fun Target List],
    172 InitYregs "init_yregs" [List],
    173 RecvMarkerBind "recv_marker_bind" [Register Source],
    174 RecvMarkerClear "recv_marker_clear" [Register],
    175 RecvMarkerReserve "recv_marker_reserve" [Target],
    176 RecvMarkerUse "recv_marker_use" [Register],
    177 BsCreateBin "bs_create_bin" [Fail Heap Live Unsigned Target List],
    178 CallFun2 "call_fun2" [FunTag Arity Source],
    179 NifStart "nif_start" [],
    180 Badrecord "badrecord" [Source],
    181 UpdateRecord "update_record" [Atom Unsigned Source Target List],
    182 BsMatch "bs_match" [Label Register List],
    183 ExecutableLine "executable_line" [Line Unsigned],
    184 DebugLine "debug_line" [Atom Line Unsigned Live],
    ;
    27 "m_plus", 28 "m_minus", 29 "m_times", 30 "m_div", 31 "int_div", 32 "int_rem", 33 "int_band", 34 "int_bor",
    35 "int_bxor", 36 "int_bsl", 37 "int_bsr", 38 "int_bnot", 54 "is_constant", 68 "put_string", 70 "put_tuple", 71 "put",
    76 "make_fun", 79 "bs_start_match", 80 "bs_get_integer", 81 "bs_get_float", 82 "bs_get_binary", 83 "bs_skip_bits",
    84 "bs_test_tail", 85 "bs_save", 86 "bs_restore", 87 "bs_init", 88 "bs_final", 93 "bs_need_buf",
    110 "bs_bits_to_bytes", 116 "bs_start_match2", 122 "bs_save2", 123 "bs_restore2", 126 "bs_final2",
    127 "bs_bits_to_bytes2", 128 "put_literal", 130 "bs_context_to_binary",
}
