#include "vm/code.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "memory/reclaim.h"
#include "memory/spread.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/locked.h"
#include "object/set.h"
#include "object/slice.h"
#include "vm/feedback.h"
#include "vm/function.h"
#include "vm/instrument.h"
#include "vm/loaded_image.h"

namespace oro {

const Instruction kUnfoldInstruction = Instruction::abc(Opcode::unfold, 0, 0, 0, 0);

namespace {

Result<Ref<>> big_constant(Python& py, std::string_view hex) {
    bool negative = hex.starts_with('-');
    if (negative) hex.remove_prefix(1);
    std::vector<std::uint64_t> limbs;
    while (!hex.empty()) {
        std::size_t n = hex.size() < 16 ? hex.size() : 16;
        std::uint64_t limb = 0;
        std::string_view digits = hex.substr(hex.size() - n);
        std::from_chars(digits.data(), digits.data() + digits.size(), limb, 16);
        limbs.push_back(limb);
        hex.remove_suffix(n);
    }
    return make_int(py, negative, limbs);
}

bool is_identifier_like(std::string_view s) {
    for (char c : s)
        if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
    return true;
}

Ref<> pin(Ref<> v, bool immortal) {
    // Before publication to other threads: the owner makes it immortal.
    if (immortal && v.value().is_pointer() && !v.value().pointer()->is_immortal()) detail::make_immortal(v.value().pointer());
    else if (v.value().is_pointer()) detail::allow_concurrent(v.value().pointer());
    return v;
}

// The string of a text, the same each time; interned if it may be a name.
Result<Ref<Str>> string_of(Thread& t, LoadedImage& image, std::uint32_t i) {
    std::atomic<std::uint64_t>& slot = image.strings()[i];
    if (std::uint64_t bits = slot.load(std::memory_order_acquire)) return as<Str>(share(Value{bits}));
    std::string_view text = image.header->text(i);
    Ref<Str> s = TRY(make_str(t, text));
    if (is_identifier_like(text)) s = intern(t, std::move(s));
    s = as<Str>(pin(std::move(s), image.immortal));
    std::uint64_t none_yet = 0;
    Value mine = s.share().release();
    if (slot.compare_exchange_strong(none_yet, mine.bits, std::memory_order_acq_rel)) return s;
    detail::decref(mine);
    return as<Str>(share(Value{none_yet}));
}

Result<Ref<Str>> name_of_text(Thread& t, LoadedImage& image, std::uint32_t i) {
    std::string_view text = image.header->text(i);
    return is_identifier_like(text) ? string_of(t, image, i) : make_interned(t, text);
}

Result<Ref<Tuple>> names_of(Thread& t, LoadedImage& image, std::uint32_t const* texts, std::size_t n) {
    if (n == 0) return empty_tuple();
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, n));
    for (std::size_t i = 0; i < n; ++i) tuple->slots[i] = Ref<>(TRY(name_of_text(t, image, texts[i]))).release();
    return tuple;
}

Result<Ref<Code>> make_folded(Python& py, LoadedImage& image, ImageUnit const& unit, Optional<Str> filename) {
    Ref<Code> code = TRY(make<Code>(py, Code::type(), image, unit));
    code->name.init(Maybe<Str>(TRY(name_of_text(py, image, unit.name))));
    code->qualname.init(Maybe<Str>(TRY(name_of_text(py, image, unit.qualname))));
    code->filename.init(Maybe<Str>(filename ? (*filename).share() : TRY(name_of_text(py, image, unit.filename))));
    // Frames don't count the code they run; a function's code may be replaced meanwhile.
    make_deferred(*code.get());
    return code;
}

Result<Ref<>> make_constant(Python& py, Code& code, std::uint64_t index) {
    using Kind = Constant::Kind;
    LoadedImage& image = *code.image;
    ImageConstant const& c = code.unit->constants()[index];
    auto text = [&] { return image.header->text(std::uint32_t(c.payload)); };
    switch (c.kind) {
        case Kind::none: return none.share();
        case Kind::true_: return Ref<>::adopt(kTrue);
        case Kind::false_: return Ref<>::adopt(kFalse);
        case Kind::ellipsis: return Ref<>::adopt(kEllipsis);
        case Kind::integer: return pin(TRY(make_int(py, std::int64_t(c.payload))), image.immortal);
        case Kind::big_integer: return pin(TRY(big_constant(py, text())), image.immortal);
        case Kind::floating: return pin(TRY(make_float(py, std::bit_cast<double>(c.payload))), image.immortal);
        case Kind::complex: {
            double parts[2];
            std::memcpy(parts, text().data(), sizeof parts);
            return pin(TRY(make<Complex>(py, Complex::type(), parts[0], parts[1])), image.immortal);
        }
        case Kind::str: return Ref<>(TRY(string_of(py, image, std::uint32_t(c.payload))));
        case Kind::bytes: return pin(TRY(make_bytes(py, text())), image.immortal);
        case Kind::tuple: {
            if (c.count == 0) return empty_tuple();
            Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py, c.count));
            for (std::uint32_t i = 0; i < c.count; ++i) tuple->slots[i] = TRY(make_constant(py, code, c.payload + i)).release();
            return pin(std::move(tuple), image.immortal);
        }
        case Kind::frozenset: {
            Ref<Set> set = TRY(make_set(py, FrozenSet::type()));
            for (std::uint32_t i = 0; i < c.count; ++i) CHECK(set_add(py, set, Borrowed<>(TRY(make_constant(py, code, c.payload + i)))));
            return pin(std::move(set), image.immortal);
        }
        case Kind::slice: {
            Ref<> a = TRY(make_constant(py, code, c.payload)), b = TRY(make_constant(py, code, c.payload + 1)), s = TRY(make_constant(py, code, c.payload + 2));
            return pin(TRY(make_slice(py, a, b, s)), image.immortal);
        }
        case Kind::code: return Ref<>(TRY(make_folded(py, image, *image.header->unit(std::uint32_t(c.payload)), Optional<Str>(*code.filename))));
    }
    __builtin_unreachable();
}

// Feedback words, constants and instructions on their way into a code object.
struct Block {
    Value* memory = nullptr;
    std::size_t sites, constants;
    ~Block() {
        if (!memory) return;
        for (std::size_t i = 0; i < constants; ++i) detail::decref(k()[i]);
        buffer_free(memory);
    }
    Value* k() const { return memory + sites; }
};

void release_image(LoadedImage* image) {
    if (image->users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    for (std::uint32_t i = 0; i < image->header->text_count; ++i)
        detail::decref(Value{image->strings()[i].load(std::memory_order_relaxed)});
    if (image->owned) buffer_free(const_cast<ImageHeader*>(image->header));
    buffer_free(image);
}

Result<Ref<Code>> root_code(Python& py, ImageHeader const* header, bool owned, bool immortal) {
    std::size_t texts = header->text_count;
    void* memory = buffer_allocate(sizeof(LoadedImage) + texts * sizeof(std::uint64_t));
    if (!memory) {
        if (owned) buffer_free(const_cast<ImageHeader*>(header));
        return raise_no_memory(py);
    }
    auto* image = new (memory) LoadedImage(header, immortal, owned);
    std::memset(static_cast<void*>(image->strings()), 0, texts * sizeof(std::uint64_t));
    Result<Ref<Code>> made = make_folded(py, *image, *header->unit(0), {});
    release_image(image);
    return made;
}

Result<char*> copy_block(Python& py, std::string_view octets) {
    auto* copy = static_cast<char*>(buffer_allocate(octets.size() + 1));
    if (!copy) return raise_no_memory(py);
    std::memcpy(copy, octets.data(), octets.size());
    return copy;
}

}  // namespace

Code::Code(LoadedImage& i, ImageUnit const& u)
    : code(const_cast<Instruction*>(&kUnfoldInstruction)), code_count(u.word_count), constant_count(u.constant_count), site_count(u.site_count),
      registers(u.registers), local_count(u.local_count), positional(u.positional), keyword_only(u.keyword_only), code_flags(u.flags),
      parameter_count(u.positional + u.keyword_only + ((u.flags & CO_VARARGS) != 0) + ((u.flags & CO_VARKEYWORDS) != 0)),
      simple(parameter_count == u.positional), image(&i), unit(&u) {
    i.users.fetch_add(1, std::memory_order_relaxed);
}

namespace {
// What running code has besides the words of its unit.
void prepare(ImageUnit const& unit, Instruction* words) {
    Instruction const* plain = unit.words();
    for (std::uint32_t i = 0; i < unit.word_count; ++i) {
        Instruction ins = plain[i];
        if (ins.op() == Opcode::make_function || ins.op() == Opcode::call_ext) continue;
        if ((ins.flags() & FUSED) && i + 1 < unit.word_count && plain[i + 1].op() == Opcode::jump_if_true)
            words[i].word |= std::uint64_t(FUSED_TRUE) << 8;
        if (op_info[int(ins.op())].b != OperandKind::J) continue;
        auto target = std::uint32_t(std::int64_t(i) + 1 + ins.jump());
        auto distance = std::int32_t(std::int64_t(monitor::past_nops(unit, target)) - std::int64_t(i) - 1);
        words[i] = Instruction::wide(ins.op(), ins.flags(), ins.a(), std::uint32_t(distance));
    }
}
}  // namespace

Result<void> unfold_now(Python& py, Code& code) {
    ImageUnit const& u = *code.unit;
    Block block{nullptr, u.site_count, u.constant_count};
    std::size_t before = (block.sites + block.constants) * sizeof(Value), bytes = before + u.word_count * sizeof(Instruction);
    block.memory = static_cast<Value*>(buffer_allocate(bytes));
    if (!block.memory) return raise_no_memory(py);
    std::memset(static_cast<void*>(block.memory), 0, before);
    std::memcpy(static_cast<void*>(block.k() + block.constants), u.words(), u.word_count * sizeof(Instruction));
    prepare(u, reinterpret_cast<Instruction*>(block.k() + block.constants));
    for (std::size_t i = 0; i < block.constants; ++i) block.k()[i] = TRY(make_constant(py, code, i)).release();
    // Names that sites use have to be interned: caches compare them by identity.
    for (std::size_t i = 0; i < block.sites; ++i) {
        std::uint32_t name = u.sites()[i].name;
        if (name >= block.constants) continue;  // a call's site has no name
        Value& v = block.k()[name];
        if (!static_cast<Str*>(v.pointer())->is_interned()) v = Ref<>(intern(py, as<Str>(Ref<>::adopt(v)))).release();
    }
    Ref<Tuple> locals = TRY(names_of(py, *code.image, u.local_names(), u.local_count));
    Ref<Tuple> free = TRY(names_of(py, *code.image, u.free_names(), u.free_count));
    Section section(py, &code);
    if (!code.is_folded()) return {};   // another thread was faster
    code.local_names.init(Maybe<Tuple>(std::move(locals)));
    code.free_names.init(Maybe<Tuple>(std::move(free)));
    code.k.store(block.k(), std::memory_order_relaxed);
    code.code.store(reinterpret_cast<Instruction*>(block.k() + block.constants), std::memory_order_release);
    block.memory = nullptr;
    return {};
}

Result<Ref<Code>> load_own_image(Python& py, std::string_view octets, ImageMemory memory, bool immortal) {
    if (memory == ImageMemory::lasting) return root_code(py, reinterpret_cast<ImageHeader const*>(octets.data()), false, immortal);
    return root_code(py, reinterpret_cast<ImageHeader const*>(TRY(copy_block(py, octets))), true, immortal);
}

Result<Maybe<Code>> load_foreign_image(Python& py, std::string_view octets, bool immortal) {
    char* copy = TRY(copy_block(py, octets));
    if (!check_image({copy, octets.size()})) {
        buffer_free(copy);
        return Maybe<Code>();
    }
    return Maybe<Code>(TRY(root_code(py, reinterpret_cast<ImageHeader const*>(copy), true, immortal)));
}

Result<Ref<Code>> make_code(Python& py, CodeUnit const& unit, bool immortal) {
    Ref<Code> code = TRY(load_own_image(py, write_image(unit), ImageMemory::copied, immortal));
    CHECK(unfold(py, *code));
    return code;
}

void fix_filename(Thread& t, Code& code, Borrowed<Str> filename) {
    Str* before = code.filename.get();
    if (before == filename.get()) return;
    // Others may have borrowed the old name, which therefore stays.
    if (!before->is_immortal()) detail::make_immortal(before);
    reinterpret_cast<std::atomic<std::uint64_t>&>(code.filename).store(filename.share().release().bits, std::memory_order_release);
    if (code.is_folded()) return;   // what it will unfold takes its name
    for (std::uint32_t i = 0; i < code.constant_count; ++i) {
        Value v = code.k[i];
        if (is_exact<Code>(v) && as<Code>(v)->filename.get() == before) fix_filename(t, *as<Code>(v), filename);
    }
}

Code::~Code() {
    monitor::free_points(*this);
    clear();
    if (Value* constants = k.load(std::memory_order_relaxed)) {
        for (std::uint32_t i = 0; i < site_count; ++i) {
            std::uint64_t ic = feedback(i).load(std::memory_order_relaxed);
            if (ic && !(ic & 1)) delete vm::record_of(ic);
        }
        buffer_free(constants - site_count);
    }
    delete unpacked.load(std::memory_order_relaxed);
    release_image(image);
}

void Code::trace(Visitor& v) {
    v(name);
    v(qualname);
    v(filename);
    v(local_names);
    v(free_names);
    Value* constants = k.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; constants && i < constant_count; ++i) v(constants[i]);
}

void Code::clear() {
    name.reset();
    qualname.reset();
    filename.reset();
    local_names.reset();
    free_names.reset();
    Value* constants = k.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; constants && i < constant_count; ++i) detail::decref(std::exchange(constants[i], Value{}));
}

std::vector<Position> const& positions_of(Code const& code) {
    auto& slot = const_cast<std::atomic<std::vector<Position> const*>&>(code.unpacked);
    if (auto const* there = slot.load(std::memory_order_acquire)) return *there;
    auto const* mine = new std::vector<Position>(unpack_positions(*code.unit));
    std::vector<Position> const* first = nullptr;
    if (slot.compare_exchange_strong(first, mine, std::memory_order_acq_rel)) return *mine;
    delete mine;
    return *first;
}

int line_of(Code const& code, Instruction const* pc) {
    std::uint32_t i = code.index_of(pc);
    if (auto const* there = code.unpacked.load(std::memory_order_acquire)) return (*there)[i].line;
    return line_in_image(*code.unit, i);
}

}  // namespace oro
