#include "runtime/start.h"

#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "memory/world.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codec_registry.h"
#include "object/collect.h"
#include "object/defer_contended.h"
#include "object/text_hash.h"
#include "object/type.h"
#include "runtime/import.h"
#include "runtime/signals.h"
#include "runtime/sys.h"
#include "runtime/thread_life.h"
#include "vm/function.h"
#include "vm/introspect.h"

namespace oro {

namespace {

// Roots that no object traces: what threads and the interpreter hold beside counted fields. Counted references of C++ show by their
// counts already; frames don't count deferred objects, so they are walked.
void trace_roots(Visitor& v) {
    for_each_mutator([&](Mutator& m) { trace_thread_frames(static_cast<Thread&>(m), v); });
}

Result<void> bring_up(Python& py) {
    Interpreter& interpreter = *py.interpreter;
    interpreter.modules.init(Maybe<Dict>(TRY(make_dict(py))));
    interpreter.sys_dict.init(Maybe<Dict>(TRY(make_dict(py))));
    init_codec_registry(py);
    CHECK(make_sys(py));
    CHECK(make_builtins(py));
    CHECK(set_early_stderr(py));
    CHECK(start_import(py));
    CHECK(finish_sys(py));
    (void)TRY(import_module(py, "_signal"));  // SIGINT raises KeyboardInterrupt from here on
    if (!interpreter.config.warn_options.empty()) (void)TRY(import_module(py, "warnings"));
    if (!interpreter.config.no_site) (void)TRY(import_module(py, "site"));
    return {};
}

std::optional<std::uint32_t> hash_seed(Config const& config) {
    char const* text = config.ignore_environment ? nullptr : std::getenv("PYTHONHASHSEED");
    if (!text || !*text || std::string_view(text) == "random") return {};
    return std::uint32_t(std::strtoul(text, nullptr, 10));
}

}  // namespace

Python* start_interpreter(Config config) {
    configure_buffers();
    auto* interpreter = new Interpreter;
    interpreter->config = std::move(config);
    interpreter->int_max_str_digits = interpreter->config.int_max_str_digits;
    the_interpreter = interpreter;
    if (interpreter->config.gil > 0) set_gil_before_start();
    Thread* t = make_thread(*interpreter);
    if (!t) {
        std::fputs("Fatal Python error: no memory for the main thread\n", stderr);
        return nullptr;
    }
    t->is_main = true;
    enter_thread(*t);
    set_main_thread(t);
    auto& py = static_cast<Python&>(*t);
    reserve_shapes();
    seed_hashes(hash_seed(interpreter->config));
    lay_out_all_types();
    init_strings(py);
    init_bytes(py);
    ready_all_types(py);
    init_frames();
    init_function_members(*t);
    add_root_tracer(trace_roots);
    set_frame_walker(walk_thread_registers);
    if (bring_up(py).raised()) {
        handle_exception(py);
        return nullptr;
    }
    return &py;
}

}  // namespace oro
