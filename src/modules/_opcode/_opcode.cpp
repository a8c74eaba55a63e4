// _opcode: facts about CPython 3.14's opcodes, as the module opcode wants them for the numbers of _opcode_metadata. Orochi runs a
// bytecode of its own, to which none of that applies; what our module dis shows of it is at the end.
#include "bytecode/disassemble.h"
#include "object/define.h"
#include "object/list.h"
#include "vm/code.h"

namespace oro::opcode {

namespace {

struct Range {
    int first, last;
};
constexpr Range kArgument[] = {{44, 120}, {128, 128}, {143, 153}, {155, 195}, {197, 197}, {200, 200}, {209, 211}, {237, 237},
                               {239, 239}, {241, 245}, {247, 251}, {253, 253}, {255, 255}, {257, 261}, {263, 266}};
constexpr Range kConstant[] = {{82, 82}, {190, 191}};
constexpr Range kException[] = {{263, 265}};
constexpr Range kFree[] = {{62, 62}, {90, 90}, {97, 97}, {111, 111}};
constexpr Range kJump[] = {{68, 68}, {70, 70}, {75, 77}, {100, 103}, {106, 106}, {172, 176}, {237, 237}, {248, 248}, {257, 260}};
constexpr Range kLocal[] = {{3, 3}, {63, 63}, {83, 89}, {112, 114}, {261, 261}, {266, 266}};
constexpr Range kName[] = {{61, 61}, {64, 65}, {72, 73}, {80, 80}, {91, 93}, {96, 96}, {110, 110}, {115, 116}, {179, 179},
                           {189, 189}, {194, 195}, {200, 200}, {249, 249}};
constexpr Range kValid[] = {{0, 120}, {128, 211}, {234, 266}};

template <auto& Ranges> bool holds(Thread&, int opcode) {
    for (Range r : Ranges) {
        if (opcode >= r.first && opcode <= r.last) return true;
    }
    return false;
}

struct Operator {
    char const* name;
    char const* symbol;
};
constexpr Operator kOperators[] = {
    {"NB_ADD", "+"}, {"NB_AND", "&"}, {"NB_FLOOR_DIVIDE", "//"}, {"NB_LSHIFT", "<<"}, {"NB_MATRIX_MULTIPLY", "@"},
    {"NB_MULTIPLY", "*"}, {"NB_REMAINDER", "%"}, {"NB_OR", "|"}, {"NB_POWER", "**"}, {"NB_RSHIFT", ">>"}, {"NB_SUBTRACT", "-"},
    {"NB_TRUE_DIVIDE", "/"}, {"NB_XOR", "^"}, {"NB_INPLACE_ADD", "+="}, {"NB_INPLACE_AND", "&="},
    {"NB_INPLACE_FLOOR_DIVIDE", "//="}, {"NB_INPLACE_LSHIFT", "<<="}, {"NB_INPLACE_MATRIX_MULTIPLY", "@="},
    {"NB_INPLACE_MULTIPLY", "*="}, {"NB_INPLACE_REMAINDER", "%="}, {"NB_INPLACE_OR", "|="}, {"NB_INPLACE_POWER", "**="},
    {"NB_INPLACE_RSHIFT", ">>="}, {"NB_INPLACE_SUBTRACT", "-="}, {"NB_INPLACE_TRUE_DIVIDE", "/="}, {"NB_INPLACE_XOR", "^="},
    {"NB_SUBSCR", "[]"}};
constexpr char const* kUnary[] = {"INTRINSIC_1_INVALID", "INTRINSIC_PRINT", "INTRINSIC_IMPORT_STAR", "INTRINSIC_STOPITERATION_ERROR",
                                  "INTRINSIC_ASYNC_GEN_WRAP", "INTRINSIC_UNARY_POSITIVE", "INTRINSIC_LIST_TO_TUPLE",
                                  "INTRINSIC_TYPEVAR", "INTRINSIC_PARAMSPEC", "INTRINSIC_TYPEVARTUPLE",
                                  "INTRINSIC_SUBSCRIPT_GENERIC", "INTRINSIC_TYPEALIAS"};
constexpr char const* kBinary[] = {"INTRINSIC_2_INVALID", "INTRINSIC_PREP_RERAISE_STAR", "INTRINSIC_TYPEVAR_WITH_BOUND",
                                   "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS", "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
                                   "INTRINSIC_SET_TYPEPARAM_DEFAULT"};
constexpr char const* kSpecial[] = {"__enter__", "__exit__", "__aenter__", "__aexit__"};

template <auto& Names> Result<Ref<List>> names_of(Thread& t) {
    Ref<List> list = TRY(make_list(t, std::size(Names)));
    for (char const* name : Names) {
        Ref<Str> text = TRY(make_str(t, std::string_view(name)));
        CHECK(list_append(t, list, std::move(text)));
    }
    return list;
}

Result<Ref<List>> operators(Thread& t) {
    Ref<List> list = TRY(make_list(t, std::size(kOperators)));
    for (Operator const& o : kOperators) {
        Ref<Str> name = TRY(make_str(t, std::string_view(o.name)));
        Ref<Str> symbol = TRY(make_str(t, std::string_view(o.symbol)));
        Ref<Tuple> pair = TRY(make_tuple_of(t, std::move(name), std::move(symbol)));
        CHECK(list_append(t, list, std::move(pair)));
    }
    return list;
}

// ---- our own bytecode

// The names of the operations by number, specialised forms included.
Result<Ref<List>> operation_names(Thread& t) {
    Ref<List> list = TRY(make_list(t, kOpcodeCount));
    for (OpInfo const& info : op_info) CHECK(list_append(t, list, TRY(make_str(t, std::string_view(info.name)))));
    return list;
}

// The constant or name that an instruction is about; null if it is about registers alone.
Maybe<> subject_of(Code& code, CodeUnit const& unit, Instruction ins) {
    OpInfo const& info = op_info[int(ins.op())];
    auto name = [&](std::size_t site) -> Maybe<> {
        if (site >= unit.sites.size()) return {};
        std::uint32_t constant = unit.sites[site].name;
        return constant < code.constant_count ? Maybe<>(share(code.k.load()[constant])) : Maybe<>();
    };
    auto constant = [&](std::size_t i) { return i < code.constant_count ? Maybe<>(share(code.k.load()[i])) : Maybe<>(); };
    if (info.b == OperandKind::W) return ins.op() == Opcode::load_const ? constant(ins.bc()) : name(ins.bc());
    std::pair<OperandKind, unsigned> const operands[] = {{info.a, ins.a()}, {info.b, ins.b()}, {info.c, ins.c()}};
    for (auto [kind, value] : operands) {
        if (kind == OperandKind::K) return constant(value);
        if (kind == OperandKind::X) return name(value);
    }
    if (info.b == OperandKind::I32) return Ref<>::immediate(Value::of_int(ins.jump()));
    return {};
}

// For each instruction of a code object: (operation as written, operation as specialised by now, operands as a number, what it is
// about, operands as text, index of the instruction that it may jump to).
Result<Ref<List>> instructions(Python& py, Borrowed<Code> code) {
    CHECK(unfold(py, *code));
    std::shared_ptr<CodeUnit> unit = TRY(unit_of_code(py, *code, OddConstants::as_none));
    Ref<List> list = TRY(make_list(py, code->code_count));
    for (std::uint32_t i = 0; i < code->code_count; ++i) {
        Instruction ins = unit->code[i];
        // Another thread may specialise it at this moment: one byte, either form.
        auto now = std::atomic_ref<std::uint64_t>(code->code.load()[i].word).load(std::memory_order_relaxed) & 0xFF;
        Maybe<> subject = subject_of(*code, *unit, ins);
        bool jumps = op_info[int(ins.op())].b == OperandKind::J;
        Ref<Tuple> row = TRY(make_tuple_of(py, Ref<>::immediate(Value::of_int(std::int64_t(ins.op()))), Ref<>::immediate(Value::of_int(std::int64_t(now))),
                                           Ref<>::immediate(Value::of_int(std::int64_t(ins.word >> 16))), subject ? std::move(subject).take() : none.share(),
                                           TRY(make_str(py, std::string_view(operands_text(*unit, i)))),
                                           jumps ? Ref<>::immediate(Value::of_int(std::int64_t(i) + 1 + ins.jump())) : none.share()));
        CHECK(list_append(py, list, std::move(row)));
    }
    return list;
}

void specialization_stats(Thread&) {}

Result<void> executor(Thread& t, Borrowed<>, int) { return raise(t, exc::ValueError, "no executor at given byte offset"); }

// There is no stack: code works on registers.
Result<std::int64_t> stack_effect(Thread& t, int opcode, Borrowed<>, Borrowed<> jump) {
    if (!jump.is(kNone) && !jump.value().is_bool()) {
        return raise(t, exc::ValueError, "stack_effect: jump must be False, True or None");
    }
    if (!holds<kValid>(t, opcode)) return raise(t, exc::ValueError, "invalid opcode or oparg");
    return 0;
}

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "ENABLE_SPECIALIZATION", Ref<>::immediate(Value::of_int(1))));
    return add_to_module(py, m, "ENABLE_SPECIALIZATION_FT", Ref<>::immediate(Value::of_int(1)));
}

constexpr MethodDef kFunctions[] = {
    function<stack_effect>("stack_effect", "opcode, oparg=None, /, *, jump=None", "How an opcode changes the depth of the stack: not at all."),
    function<holds<kValid>>("is_valid", "opcode", "Whether there is such an opcode."),
    function<holds<kArgument>>("has_arg", "opcode", "Whether the opcode uses its argument."),
    function<holds<kConstant>>("has_const", "opcode", "Whether the opcode uses a constant."),
    function<holds<kName>>("has_name", "opcode", "Whether the opcode uses a name."),
    function<holds<kJump>>("has_jump", "opcode", "Whether the opcode may jump."),
    function<holds<kFree>>("has_free", "opcode", "Whether the opcode uses a variable of another scope."),
    function<holds<kLocal>>("has_local", "opcode", "Whether the opcode uses a local variable."),
    function<holds<kException>>("has_exc", "opcode", "Whether the opcode begins a block with an exception handler."),
    function<specialization_stats>("get_specialization_stats", "", "None: no statistics are kept."),
    function<operators>("get_nb_ops", "", "Names and symbols of the binary operators, in the order of BINARY_OP's argument."),
    function<names_of<kUnary>>("get_intrinsic1_descs", "", "The names of the unary intrinsics."),
    function<names_of<kBinary>>("get_intrinsic2_descs", "", "The names of the binary intrinsics."),
    function<names_of<kSpecial>>("get_special_method_names", "", "The special methods that LOAD_SPECIAL loads."),
    function<operation_names>("_operation_names", "", "The names of Orochi's own operations."),
    function<instructions>("_instructions", "code, /", "The instructions of a code object, for dis."),
    function<executor>("get_executor", "code, offset", "Fails: code has no executors."),
};

}  // namespace

ORO_MODULE(opcode_module, .name = "_opcode", .doc = "Support for the modules opcode and dis.", .functions = kFunctions,
           .setup = setup);

}  // namespace oro::opcode
