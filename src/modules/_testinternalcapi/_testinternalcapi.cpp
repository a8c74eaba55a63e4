// _testinternalcapi: what CPython's test suite asks of an interpreter's inner life, answered for ours. Only questions that make
// sense here are in it; tests that need more are skipped.
#include "object/define.h"

namespace oro::testinternalcapi {

namespace {

// Whether an instance keeps all its attributes in itself: not in a dict, and not beside it.
bool has_inline_values(Thread&, Borrowed<> object) {
    if (!object.value().is_pointer() || !type_of(object).has(type_flag::has_dict)) return false;
    Shape const& shape = shape_of(object.value().pointer()->shape.load(std::memory_order_acquire));
    return !shape.dict_mode && shape.inline_count > 0 && shape.count <= shape.inline_count;
}

std::int64_t get_recursion_depth(Python& py) { return py.recursion_limit - py.recursion_left; }

// How many calls of natives the C stack still has room for, at a generous size each.
std::int64_t get_c_recursion_remaining(Thread& t) {
    constexpr std::int64_t kFrame = 512;
    return (static_cast<char const*>(__builtin_frame_address(0)) - t.native_limit) / kFrame;
}

constexpr MethodDef functions[] = {
    function<has_inline_values>("has_inline_values", "object, /", "Whether the object keeps its attributes in itself."),
    function<get_recursion_depth>("get_recursion_depth", "", "How many Python frames are active."),
    function<get_c_recursion_remaining>("get_c_recursion_remaining", "", "How many nested natives the C stack has room for."),
};

// How often an operation runs until it is adapted to what it sees: it learns when it runs first, and goes the short way then. A site
// that has learnt and misses learns again at the latest at the 32nd miss (vm/slow_attributes.cpp).
constexpr std::int64_t kUntilAdapted = 2, kUntilAdaptedAgain = 32;

Result<void> setup(Python& py, Module& m) {
    CHECK(add_to_module(py, m, "SPECIALIZATION_THRESHOLD", Ref<>::immediate(Value::of_int(kUntilAdapted))));
    return add_to_module(py, m, "SPECIALIZATION_COOLDOWN", Ref<>::immediate(Value::of_int(kUntilAdaptedAgain)));
}

}  // namespace

ORO_MODULE(testinternalcapi_module, .name = "_testinternalcapi", .doc = "For CPython's test suite.", .functions = functions,
           .setup = setup);

}  // namespace oro::testinternalcapi
