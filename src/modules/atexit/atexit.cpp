// atexit: functions to be called at the end, the last registered first.
//
// The list is behind a mutex, which is never held while Python runs or anything is destroyed.
#include <mutex>
#include <vector>

#include "object/define.h"
#include "object/dict.h"

namespace oro::atexit {

namespace {

struct Callback {
    Ref<> function;
    Ref<Tuple> args;
    Maybe<Dict> keywords;
    std::uint64_t number;  // for finding it again
};

struct AtexitState : ModuleState {
    std::mutex mutex;
    std::vector<Callback> callbacks;
    std::uint64_t next_number = 0;

    void trace(Visitor& v) override {
        for (Callback& c : callbacks) {
            v(c.function.value());
            v(c.args.value());
            v(c.keywords.value());
        }
    }
    void clear() override { callbacks.clear(); }
};

Result<Ref<>> register_(Python& py, AtexitState& state, Borrowed<> func, Args args, Kwargs kwargs) {
    if (!is_callable(func)) return raise(py, exc::TypeError, "the first argument must be callable");
    Ref<Tuple> positional = TRY(oro::make_tuple(py, args.values));
    Maybe<Dict> keywords;
    if (kwargs.size() > 0) {
        Ref<Dict> dict = TRY(make_dict(py, kwargs.size()));
        for (std::size_t i = 0; i < kwargs.size(); ++i) CHECK(dict_set(py, *dict, kwargs.name(i), kwargs.value(i).share()));
        keywords = std::move(dict);
    }
    std::lock_guard guard(state.mutex);
    state.callbacks.push_back({func.share(), std::move(positional), std::move(keywords), state.next_number++});
    return func.share();
}

void run(Python& py, AtexitState& state) {
    for (;;) {
        std::vector<Callback> last;
        {
            std::lock_guard guard(state.mutex);
            if (state.callbacks.empty()) return;
            last.push_back(std::move(state.callbacks.back()));
            state.callbacks.pop_back();
        }
        Callback& c = last.front();
        Result<Ref<>> r = call_tuple(py, c.function, c.args, c.keywords ? Optional<Dict>(*c.keywords) : Optional<Dict>());
        if (r.raised()) write_unraisable(py, "Exception ignored in atexit callback ", Optional<>(c.function.value()));
    }
}

void clear(Thread&, AtexitState& state) {
    std::vector<Callback> old;
    std::lock_guard guard(state.mutex);
    old.swap(state.callbacks);
}

Result<void> unregister(Python& py, AtexitState& state, Borrowed<> func) {
    struct Candidate {
        Ref<> function;
        std::uint64_t number;
    };
    std::vector<Candidate> candidates;
    {
        std::lock_guard guard(state.mutex);
        for (Callback const& c : state.callbacks) candidates.push_back({c.function.share(), c.number});
    }
    // Comparing may run Python: what is found equal is looked for again afterwards.
    for (Candidate const& c : candidates) {
        bool same = TRY(equal(py, c.function, func));
        if (!same) continue;
        std::vector<Callback> removed;
        std::lock_guard guard(state.mutex);
        for (auto i = state.callbacks.begin(); i != state.callbacks.end(); ++i) {
            if (i->number != c.number) continue;
            removed.push_back(std::move(*i));
            state.callbacks.erase(i);
            break;
        }
    }
    return {};
}

std::int64_t count(Thread&, AtexitState& state) {
    std::lock_guard guard(state.mutex);
    return std::int64_t(state.callbacks.size());
}

constexpr MethodDef kFunctions[] = {
    function<register_>("register", "func, /, *args, **kwargs", "Have func(*args, **kwargs) called at the end; gives func back, to serve as a decorator."),
    function<clear>("_clear", "", "Forget all functions."),
    function<unregister>("unregister", "func, /", "Forget the functions that are equal to func."),
    function<run>("_run_exitfuncs", "", "Call all functions now, and forget them."),
    function<count>("_ncallbacks", "", "How many functions there are."),
};

}  // namespace

ORO_MODULE(atexit_module, .name = "atexit", .doc = "Functions to be called when the program ends.", .functions = kFunctions,
           .state_size = sizeof(AtexitState), .make_state = state_maker<AtexitState>);

}  // namespace oro::atexit
