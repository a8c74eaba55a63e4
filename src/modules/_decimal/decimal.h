// The objects of the module _decimal, and what its files share.
//
// Threads: a Decimal never changes. A context's fields are atomics; an operation takes its settings once and adds the conditions at
// its end.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "modules/_decimal/number.h"
#include "object/context.h"
#include "object/define.h"

namespace oro::decimal {

extern Type decimal_type, context_type, signal_dict_type, context_manager_type;

struct Decimal : Object {
    std::atomic<std::int64_t> cached_hash{-1};
    Exponent exponent = 0;
    std::int64_t digits = 0;
    std::uint32_t limb_count = 0;
    Kind kind = Kind::finite;
    bool negative = false;
    mp_limb_t limbs[];                   // the coefficient
    static Type& type() { return decimal_type; }
    std::size_t extent() const { return sizeof(Decimal) + limb_count * sizeof(mp_limb_t); }
};

// Signals of a context as a mapping from their classes to bools: flags or traps.
struct SignalDict : Object {
    std::atomic<std::uint32_t> bits{0};
    static Type& type() { return signal_dict_type; }
};

struct DecimalContext : Object {
    std::atomic<std::int64_t> prec{28}, emax{999999}, emin{-999999};
    std::atomic<Rounding> rounding{Rounding::half_even};
    std::atomic<bool> clamp{false}, capitals{true};
    Fixed<SignalDict> flags, traps;
    static constexpr auto fields = std::tuple{&DecimalContext::flags, &DecimalContext::traps};
    static Type& type() { return context_type; }
};

// Classes with several bases, and objects of which there is one in the process. Made when the module is first imported; immortal.
struct Shared {
    Ref<> decimal_exception, signals[9], conditions[4], signal_dict, tuple, rational;
    Ref<DecimalContext> default_context, basic_context, extended_context;
    Ref<ContextVar> current;
};
extern std::atomic<Shared*> shared_state;
inline Shared& shared() { return *shared_state.load(std::memory_order_acquire); }

// ---- signals
struct SignalInfo {
    char const* name;
    std::uint32_t bits;                  // the conditions that it stands for
};
extern SignalInfo const kSignals[9];     // in the order in which mappings give them
extern SignalInfo const kConditions[4];  // what InvalidOperation is told apart by
Result<void> make_shared_state(Python& py);
// The signal of a class; KeyError if it is none.
Result<std::uint32_t> signal_bits(Thread& t, Borrowed<> cls);
// Bits of a list of signals, or of a mapping as `traps` and `flags` take it.
Result<std::uint32_t> signals_from(Python& py, Borrowed<> v, bool lists_allowed);
Result<Ref<>> signal_list(Thread& t, std::uint32_t bits);
// "[Inexact, Rounded]"
std::string signal_names(std::uint32_t bits);
Result<Ref<SignalDict>> make_signal_dict(Thread& t, std::uint32_t bits);

// ---- contexts
Work work_of(DecimalContext const& c);
Result<Ref<DecimalContext>> make_context(Python& py, Type& type);
Result<Ref<DecimalContext>> copy_context_of(Python& py, DecimalContext const& c);
Result<Ref<DecimalContext>> current_decimal_context(Python& py);
Result<Ref<DecimalContext>> context_from(Python& py, Optional<> v);   // missing and None: the current one
// Adds conditions to the flags; raises if one is trapped.
Result<void> add_status(Python& py, DecimalContext& c, std::uint32_t status);
Result<Rounding> rounding_from(Python& py, Borrowed<> v);
extern char const* const kRoundings[8];
Result<Ref<>> ieee_context(Python& py, Borrowed<> bits);
Result<Ref<>> getcontext(Python& py);
Result<void> setcontext(Python& py, Borrowed<> context);
Value localcontext(Python& py, Native& callee, Value self, Value const* args, std::size_t n, Tuple* names);

// ---- Decimal objects
Result<Ref<Decimal>> make_decimal(Thread& t, Type& type, View const& v);
inline Result<Ref<Decimal>> make_decimal(Thread& t, Number const& n) { return make_decimal(t, decimal_type, n.view()); }

// A Decimal or int as an operand. Nothing is copied: the object has to stay alive.
class Operand {
public:
    explicit Operand(Value v);
    Operand(Operand const&) = delete;
    operator View const&() const { return view_; }
    View const* operator->() const { return &view_; }

private:
    mp_limb_t word_ = 0;
    mpz_t coefficient_;
    View view_;
};
inline bool is_operand(Value v) { return is<Decimal>(v) || is_any_int(v); }
// TypeError "conversion from X to Decimal is not supported" for anything else.
Result<void> check_operand(Thread& t, Borrowed<> v);

// Runs an operation under a context.
template <class F> Result<Ref<Decimal>> compute(Python& py, DecimalContext& c, F&& f) {
    Work w = work_of(c);
    Number n = f(w);
    if (w.status) CHECK(add_status(py, c, w.status));
    return make_decimal(py, n);
}

// ---- conversions
// A number exactly as it is written; false if it isn't one. The text is ASCII without white space around it.
bool parse(Number& out, std::string_view text);
std::string to_text(View const& v, bool capitals, bool engineering = false);
// Text with digits of any script as ASCII; empty if there are other characters beyond ASCII. Lenient: without white space around and
// underscores.
enum class Spelling : bool { strict, lenient };
std::string ascii_of(Str const& s, Spelling spelling);
void from_double(Number& out, double d);
// From any value that Decimal() takes, exactly; `c` is told about what is no number.
Result<Ref<Decimal>> exactly(Python& py, Type& type, Borrowed<> v, DecimalContext& c);
Result<Ref<>> to_tuple(Python& py, Borrowed<Decimal> self);
Result<Ref<>> to_integer(Python& py, View const& v, Rounding rounding);
Result<double> to_float(Python& py, Borrowed<Decimal> self);
Result<std::int64_t> hash_of(Python& py, Borrowed<Decimal> self);
Value new_decimal(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names);
Result<Ref<>> from_float(Python& py, Borrowed<> cls, Borrowed<> f);
Result<Ref<>> from_number(Python& py, Borrowed<> cls, Borrowed<> number);
Result<Ref<>> create_decimal(Python& py, Borrowed<DecimalContext> self, Optional<> num);
Result<Ref<>> create_decimal_from_float(Python& py, Borrowed<DecimalContext> self, Borrowed<> f);
Result<Ref<>> format_decimal(Python& py, Borrowed<Decimal> self, Borrowed<> spec, Optional<> override);
Result<Ref<>> compare_objects(Python& py, Borrowed<Decimal> self, Borrowed<> other, Compare op);

}  // namespace oro::decimal
