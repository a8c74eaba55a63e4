// gc: asking the collector to run, its settings and numbers, and looking at the object graph.
//
// There is one generation: a collection looks at all objects. What Python code passes and gets about generations keeps
// CPython's form.
#include "memory/world.h"
#include "object/collect.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/list.h"

namespace oro::gc {

namespace {

struct GcState : ModuleState {
    Fixed<List> callbacks;
    void trace(Visitor& v) override { v(callbacks); }
    void clear() override { callbacks.reset(); }
};

void enable(Thread&) { collector().enabled = true; }
void disable(Thread&) { collector().enabled = false; }
bool isenabled(Thread&) { return collector().enabled; }

// ---- collecting

Result<void> set_number(Thread& t, Dict& dict, std::string_view name, std::int64_t n) {
    Ref<Str> key = intern_immortal(t, name);
    return dict_set(t, dict, key, TRY(make_int(t, n)));
}

Result<void> notify(Python& py, GcState& state, std::string_view phase, int generation, CollectResult r) {
    if (state.callbacks->size() == 0) return {};
    Ref<Dict> info = TRY(make_dict(py));
    CHECK(set_number(py, *info, "generation", generation));
    CHECK(set_number(py, *info, "collected", r.collected));
    CHECK(set_number(py, *info, "uncollectable", r.uncollectable));
    Ref<Str> name = TRY(make_str(py, phase));
    for (std::size_t i = 0; i < state.callbacks->size(); ++i) {
        Maybe<> callback = list_get(py, *state.callbacks.get(), i);
        if (!callback) break;
        if (call_with(py, *callback, name, info).raised()) write_unraisable(py, "Exception ignored while calling GC callback ", Optional<>(callback.value()));
    }
    return {};
}

Result<std::int64_t> collect_now(Python& py, GcState& state, int generation) {
    if (generation < 0 || generation > 2) return raise(py, exc::ValueError, "invalid generation");
    if (collector().running) return 0;
    CHECK(notify(py, state, "start", generation, {}));
    CollectResult r = TRY(collect(py));
    CHECK(notify(py, state, "stop", generation, r));
    return r.collected + r.uncollectable;
}

// ---- settings and numbers

Result<Ref<Tuple>> three(Thread& t, std::int64_t a, std::int64_t b, std::int64_t c) {
    return make_tuple_of(t, TRY(make_int(t, a)), TRY(make_int(t, b)), TRY(make_int(t, c)));
}
Result<Ref<Tuple>> get_count(Thread& t) { return three(t, collector().young + t.allocated_since_gc, 0, 0); }
Result<Ref<Tuple>> get_threshold(Thread& t) {
    auto& n = collector().thresholds;
    return three(t, n[0], n[1], n[2]);
}
Result<void> set_threshold(Python& py, Args args) {
    if (args.size() < 1 || args.size() > 3) return raise(py, exc::TypeError, "gc.set_threshold requires 1 to 3 arguments");
    std::int64_t given[3];
    for (std::size_t i = 0; i < args.size(); ++i) given[i] = TRY(to_int64(py, args[i], &exc::OverflowError));
    for (std::size_t i = 0; i < args.size(); ++i) collector().thresholds[i] = given[i];
    return {};
}
std::int64_t get_debug(Thread&) { return collector().debug.load(); }
void set_debug(Thread&, int flags) { collector().debug = std::uint32_t(flags); }

Result<Ref<List>> get_stats(Thread& t) {
    Ref<List> list = TRY(make_list(t, 3));
    auto& state = collector();
    for (int generation = 0; generation < 3; ++generation) {
        bool full = generation == 2;
        Ref<Dict> stats = TRY(make_dict(t));
        CHECK(set_number(t, *stats, "collections", full ? state.collections.load() : 0));
        CHECK(set_number(t, *stats, "collected", full ? state.collected.load() : 0));
        CHECK(set_number(t, *stats, "uncollectable", full ? state.uncollectable.load() : 0));
        CHECK(list_append(t, list, std::move(stats)));
    }
    return list;
}

// ---- the object graph

bool has_references(Value v) {
    if (!v.is_pointer()) return false;
    Type& type = type_of(v);
    return type.hooks.trace || type.has(type_flag::heap);
}

// Calls the visitor for everything the object holds; the world is stopped.
void visit_all(Object* o, Visitor& v) {
    Type& type = type_of(o);
    if (type.has(type_flag::heap | type_flag::has_dict)) instance_trace(o, v);
    if (type.hooks.trace) type.hooks.trace(o, v);
}

Result<Ref<List>> list_of(Thread& t, std::vector<Ref<>> const& found) {
    std::vector<Value> words;
    for (Ref<> const& r : found) words.push_back(r.value());
    return make_list_of(t, words);
}

bool is_tracked(Thread&, Borrowed<> v) { return has_references(v.value()); }
bool is_finalized(Thread&, Borrowed<> v) { return v.value().is_pointer() && v.value().pointer()->has(flag::finalized); }

Result<Ref<List>> get_objects(Python& py, Borrowed<> generation) {
    if (!generation.is(kNone)) {
        auto converted = to_int64(py, generation, &exc::OverflowError);
        if (converted.raised()) {
            if (!raised_is(py, exc::TypeError)) return Raised{};
            clear_raised(py);
            return raise(py, exc::TypeError, "argument should be integer or None, not '{}'", TypeName{generation.value()});
        }
        std::int64_t g = std::move(converted).take();
        if (g >= 3) return raise(py, exc::ValueError, "generation parameter must be less than the number of available generations (3)");
        if (g < 0) return raise(py, exc::ValueError, "generation parameter cannot be negative");
    }
    std::vector<Ref<>> found;
    with_all_objects(py, [](void* arg, Object* o) { static_cast<std::vector<Ref<>>*>(arg)->push_back(share(Value::of(o))); }, &found);
    return list_of(py, found);
}

struct Collector : Visitor {
    std::vector<Ref<>> found;
    Collector() : Visitor{on, on} {}
    static void on(Visitor& v, Header* h) { static_cast<Collector&>(v).found.push_back(share(Value::of(h))); }
};

Result<Ref<List>> get_referents(Python& py, Args objects) {
    Collector c;
    stop_world(py);
    for (Value v : objects.values)
        if (has_references(v)) visit_all(static_cast<Object*>(v.pointer()), c);
    resume_world(py);
    return list_of(py, c.found);
}

struct Search : Visitor {
    std::span<Value const> wanted;
    bool hit = false;
    explicit Search(std::span<Value const> w) : Visitor{on, on}, wanted(w) {}
    static void on(Visitor& v, Header* h) {
        auto& s = static_cast<Search&>(v);
        for (Value w : s.wanted) s.hit |= w == Value::of(h);
    }
};

Result<Ref<List>> get_referrers(Python& py, Args objects) {
    struct Walk {
        std::span<Value const> wanted;
        std::vector<Ref<>> found;
    } walk{objects.values, {}};
    with_all_objects(py, [](void* arg, Object* o) {
        auto& w = *static_cast<Walk*>(arg);
        Search search(w.wanted);
        visit_all(o, search);
        if (search.hit) w.found.push_back(share(Value::of(o)));
    }, &walk);
    return list_of(py, walk.found);
}

// There is no copy-on-write memory to keep clean: nothing is ever set aside.
void freeze(Thread&) {}
void unfreeze(Thread&) {}
std::int64_t get_freeze_count(Thread&) { return 0; }

constexpr MethodDef functions[] = {
    function<enable>("enable", "", "Lets the collector run by itself."),
    function<disable>("disable", "", "Keeps the collector from running by itself."),
    function<isenabled>("isenabled", "", "Whether the collector runs by itself."),
    function<collect_now>("collect", "generation=2", "Collects now; how many objects were found unreachable."),
    function<get_count>("get_count", "", "Objects made since the last collection."),
    function<get_threshold>("get_threshold", "", "The thresholds of collection."),
    function<set_threshold>("set_threshold", "*args", "Sets the thresholds of collection; 0 keeps the collector from running by itself."),
    function<get_debug>("get_debug", "", "The debugging flags."),
    function<set_debug>("set_debug", "flags, /", "Sets the debugging flags."),
    function<get_stats>("get_stats", "", "One dictionary of numbers for each generation."),
    function<is_tracked>("is_tracked", "obj, /", "Whether the collector looks into the object."),
    function<is_finalized>("is_finalized", "obj, /", "Whether the object's finaliser has run."),
    function<get_objects>("get_objects", "generation=None", "All objects that the collector looks into."),
    function<get_referents>("get_referents", "*objs", "What the objects refer to directly."),
    function<get_referrers>("get_referrers", "*objs", "The objects that refer to any of these directly."),
    function<freeze>("freeze", "", "Does nothing: there are no generations to set objects aside from."),
    function<unfreeze>("unfreeze", "", "Does nothing, see freeze()."),
    function<get_freeze_count>("get_freeze_count", "", "How many objects freeze() has set aside: none."),
};

Result<void> set_up(Python& py, Module& m) {
    auto& state = *static_cast<GcState*>(m.state);
    Ref<List> callbacks = TRY(make_list(py));
    state.callbacks.init(Maybe<List>(callbacks.share()));
    CHECK(add_to_module(py, m, "callbacks", std::move(callbacks)));
    CHECK(add_to_module(py, m, "garbage", TRY(make_list(py))));
    struct { std::string_view name; std::int64_t value; } flags[] = {
        {"DEBUG_STATS", 1}, {"DEBUG_COLLECTABLE", 2}, {"DEBUG_UNCOLLECTABLE", 4}, {"DEBUG_SAVEALL", 32}, {"DEBUG_LEAK", 38}};
    for (auto& f : flags) CHECK(add_to_module(py, m, f.name, Ref<>::immediate(Value::of_int(f.value))));
    return {};
}

ORO_MODULE(gc_module, .name = "gc", .doc = "The cycle collector.", .functions = functions, .setup = set_up, .state_size = sizeof(GcState),
           .make_state = state_maker<GcState>);

}  // namespace

}  // namespace oro::gc
