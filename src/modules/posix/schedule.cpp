// The scheduler: policies, parameters, and the processors that a process may use.
#include <sched.h>

#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/set.h"
#include "object/structseq.h"

namespace oro::posix {

extern Type sched_param_type;

Result<int> sched_priority_of(Python& py, Borrowed<> param) {
    if (&type_of(param) != &sched_param_type) return raise(py, exc::TypeError, "must have a sched_param object");
    std::int64_t n = TRY(to_c_long(py, as<Tuple>(param)->at(0)));
    if (n != int(n)) return raise(py, exc::OverflowError, "sched_priority out of range");
    return int(n);
}

namespace {

constexpr StructField kParamFields[] = {{"sched_priority", "the scheduling priority"}};

Value new_param(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"sched_priority"};
        Value out[1];
        CHECK(parse_arguments(py, "sched_param", kNames, 0, 1, 1, args, n, names, out));
        Ref<Tuple> s = TRY(make_struct(py, type));
        struct_set(*s, 0, share(out[0]));
        return s;
    };
    return run().release();
}
Result<Ref<>> reduce_param(Thread& t, Borrowed<Tuple> self) {
    Ref<Tuple> arguments = TRY(make_tuple(t, {self->slots, 1}));
    return make_tuple_of(t, share(Value::of(&sched_param_type)), std::move(arguments));
}
Value replace_param(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"sched_priority"};
        Value out[1];
        if (n > 0) return raise(py, exc::TypeError, "__replace__() takes no positional arguments");
        for (std::size_t k = 0; names && k < names->size; ++k) {
            if (equal(*as<Str>(names->at(k)), kNames[0])) continue;
            Ref<Str> shown = TRY(repr(py, names->at(k)));
            return raise(py, exc::TypeError, "Got unexpected field name(s): [{}]", shown);
        }
        CHECK(parse_arguments(py, "__replace__", kNames, 0, 0, 0, args, n, names, out));
        Ref<Tuple> s = TRY(make_struct(py, sched_param_type));
        struct_set(*s, 0, share(out[0] ? out[0] : static_cast<Tuple*>(self.pointer())->slots[0]));
        return s;
    };
    return run().release();
}
constexpr MethodDef param_methods[] = {def<reduce_param>("__reduce__", "", ""),
                                       raw_def("__replace__", "**changes", "A copy with the given fields changed.", replace_param)};
consteval StructTypeDef param_table() {
    StructTypeDef d = struct_type_def<kParamFields>("posix.sched_param",
                                                    "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter.", 1);
    d.new_ = new_param;
    d.signature = "sched_priority";
    d.methods = param_methods;
    return d;
}
constexpr StructTypeDef kSchedParam = param_table();

Result<std::int64_t> value_or_error(Python& py, std::int64_t result) {
    if (result < 0) return raise_errno(py, errno);
    return result;
}

Result<std::int64_t> get_priority_max(Python& py, CInt policy) { return value_or_error(py, ::sched_get_priority_max(policy)); }
Result<std::int64_t> get_priority_min(Python& py, CInt policy) { return value_or_error(py, ::sched_get_priority_min(policy)); }
Result<std::int64_t> getscheduler(Python& py, CInt pid) { return value_or_error(py, ::sched_getscheduler(pid)); }
Result<void> setscheduler(Python& py, CInt pid, CInt policy, Borrowed<> param) {
    struct sched_param p{};
    p.sched_priority = TRY(sched_priority_of(py, param));
    CHECK(value_or_error(py, ::sched_setscheduler(pid, policy, &p)));
    return {};
}
Result<Ref<>> getparam(Python& py, CInt pid) {
    struct sched_param p{};
    CHECK(value_or_error(py, ::sched_getparam(pid, &p)));
    Ref<Tuple> s = TRY(make_struct(py, sched_param_type));
    struct_set(*s, 0, number(p.sched_priority));
    return s;
}
Result<void> setparam(Python& py, CInt pid, Borrowed<> param) {
    struct sched_param p{};
    p.sched_priority = TRY(sched_priority_of(py, param));
    CHECK(value_or_error(py, ::sched_setparam(pid, &p)));
    return {};
}
Result<double> rr_get_interval(Python& py, CInt pid) {
    timespec interval{};
    CHECK(value_or_error(py, ::sched_rr_get_interval(pid, &interval)));
    return double(interval.tv_sec) + 1e-9 * double(interval.tv_nsec);
}
Result<void> yield_processor(Python& py) { return checked_call(py, [] { return ::sched_yield(); }); }

// A set of processors of any number: the C library's macros for fixed sets take a size.
struct CpuSet {
    std::vector<unsigned long> words;
    explicit CpuSet(std::size_t count) : words((count + 63) / 64) {}
    std::size_t bytes() const { return words.size() * sizeof(unsigned long); }
    cpu_set_t* set() { return reinterpret_cast<cpu_set_t*>(words.data()); }
};

Result<void> setaffinity(Python& py, CInt pid, Borrowed<> mask) {
    CpuSet cpus(64);
    CHECK(for_each(py, mask, [&](Ref<> item) -> Result<void> {
        if (!is_any_int(item.value())) {
            Ref<Str> shown = TRY(repr(py, Borrowed<>(Value::of(&type_of(item.value())))));
            return raise(py, exc::TypeError, "expected an iterator of ints, but iterator yielded {}", shown);
        }
        std::int64_t cpu = TRY(to_c_long(py, item));
        if (cpu < 0) return raise(py, exc::ValueError, "negative CPU number");
        if (cpu > 0x7fffffff - 1) return raise(py, exc::OverflowError, "CPU number too large");
        if (std::size_t(cpu) / 64 >= cpus.words.size()) cpus.words.resize(std::size_t(cpu) / 64 + 1);
        cpus.words[std::size_t(cpu) / 64] |= 1ul << (cpu % 64);
        return {};
    }));
    CHECK(value_or_error(py, ::sched_setaffinity(pid, cpus.bytes(), cpus.set())));
    return {};
}
Result<Ref<>> getaffinity(Python& py, CInt pid) {
    for (std::size_t count = 1024;; count *= 2) {
        CpuSet cpus(count);
        if (::sched_getaffinity(pid, cpus.bytes(), cpus.set()) < 0) {
            if (errno != EINVAL || count > (std::size_t(1) << 24)) return raise_errno(py, errno);
            continue;
        }
        Ref<Set> set = TRY(make_set(py, Set::type()));
        for (std::size_t i = 0; i < count; ++i) {
            if (cpus.words[i / 64] >> (i % 64) & 1) CHECK(set_add(py, set, number(std::int64_t(i))));
        }
        return set;
    }
}

constexpr MethodDef kFunctions[] = {
    function<get_priority_max>("sched_get_priority_max", "policy", "The highest priority of a scheduling policy."),
    function<get_priority_min>("sched_get_priority_min", "policy", "The lowest priority of a scheduling policy."),
    function<getscheduler>("sched_getscheduler", "pid, /", "The scheduling policy of a process; 0 is this one."),
    function<setscheduler>("sched_setscheduler", "pid, policy, param, /", "Set the scheduling policy of a process."),
    function<getparam>("sched_getparam", "pid, /", "The scheduling parameters of a process."),
    function<setparam>("sched_setparam", "pid, param, /", "Set the scheduling parameters of a process."),
    function<rr_get_interval>("sched_rr_get_interval", "pid, /", "The round-robin time of a process, in seconds."),
    function<yield_processor>("sched_yield", "", "Let others have the processor."),
    function<setaffinity>("sched_setaffinity", "pid, mask, /", "Set the processors that a process may use."),
    function<getaffinity>("sched_getaffinity", "pid, /", "The processors that a process may use."),
};

}  // namespace

ORO_TYPE(sched_param_type, kSchedParam);

std::span<MethodDef const> schedule_functions() { return kFunctions; }
Result<void> add_schedule_types(Python& py, Module& m) { return add_struct_type(py, m, sched_param_type); }

}  // namespace oro::posix
