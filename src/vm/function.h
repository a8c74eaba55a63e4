// Functions and generators written in Python.
#pragma once
#include "object/dict.h"
#include "vm/frame.h"

namespace oro {

// Fields that Python code may assign are Members. Top-level functions are deferred (see memory/header.h), closures are not.
struct Function : Object {
    Member<Code> code;
    Fixed<Dict> globals, builtins;
    Member<Tuple> defaults;
    Member<Dict> keyword_defaults;
    Fixed<Tuple> closure;                   // of cells; null without free variables
    Member<Str> name, qualname;
    Member<> doc;                           // null: that of the code
    Member<> module, annotate, annotations, type_params;
    static constexpr auto fields = std::tuple{&Function::code, &Function::globals, &Function::builtins, &Function::defaults, &Function::keyword_defaults,
                                              &Function::closure, &Function::name, &Function::qualname, &Function::doc, &Function::module,
                                              &Function::annotate, &Function::annotations, &Function::type_params};
    static Type& type();
    // Code may be assigned: the old one stays alive as long as frames run it, code being deferred.
    Code* running_code() const { return static_cast<Code*>(code.slot().peek().pointer()); }
};
extern Type function_type;
// `counted`: it stays an ordinary object even if its code is no closure's, so that it dies, and lets its globals go, at once.
Result<Ref<Function>> make_function(Python& py, Borrowed<Code> code, Borrowed<Dict> globals, bool counted = false);

enum class GeneratorState : std::uint32_t { suspended_start, suspended, running, closed };

// generator, coroutine and async_generator. Whoever moves `state` from a suspended one to running owns everything else until
// it moves it back.
struct Generator : Object {
    std::atomic<GeneratorState> state{GeneratorState::suspended_start};
    std::atomic<std::uint32_t> running_async{0};   // async generators: an asend/athrow/aclose is under way
    std::atomic<bool> hooks_inited{false};
    std::atomic<bool> closed_async{false};
    HandledException handled;                      // the exception that its except blocks handle
    Fixed<Code> code;
    Member<Str> name, qualname;
    Member<> origin;                               // cr_origin
    Member<> finalizer;                            // async generators: ag_hooks finalizer
    Frame frame;                                   // then its registers

    explicit Generator(Ref<Code> c) : code(std::move(c)) {}
    ~Generator();
    static constexpr auto fields = std::tuple{&Generator::code, &Generator::name, &Generator::qualname, &Generator::origin, &Generator::finalizer};
    void trace(Visitor& v);
    void clear();
    static Type& type();
};
extern Type generator_type, coroutine_type, async_generator_type, async_generator_asend_type, async_generator_athrow_type,
    async_generator_wrapped_value_type, coroutine_wrapper_type;

// What resuming a generator gave.
struct Resumed {
    enum Kind { yielded, returned, raised } kind;
    Value value;                                   // counted
};
// Resumes with a value (counted; kNone at the start), or by raising `exception` in it. ValueError if it runs already.
Resumed resume_generator(Python& py, Generator& g, Ref<> value);
Resumed throw_into_generator(Python& py, Generator& g, Ref<> exception);
// What it awaits or delegates to (yield from), null if nothing.
Maybe<> generator_awaits(Generator& g);

// Runs code: module, class body, exec. `locals` null: a function's own registers.
Result<Ref<>> run_code(Python& py, Borrowed<Code> code, Borrowed<Dict> globals, Optional<> locals, Optional<Tuple> closure = {});
// Calls a Python function.
Value call_function(Python& py, Value function, Value const* args, std::size_t positional, Tuple* keyword_names);

// The VM stack of a thread.
bool make_vm_stack(Thread& t, std::size_t bytes);
void free_vm_stack(Thread& t);
void trace_thread_frames(Thread& t, Visitor& v);
// As object/defer_contended.h wants it.
void walk_thread_registers(Thread& t, void (*f)(void*, Header*), void* arg);

// ---- frames as objects (vm/frame_object.h has what is done with them)

// `frame` points to the running or suspended frame and is taken away by whoever runs it when it ends: then saved() holds the
// named registers, under this object's lock. Registers of a live frame are looked at by its own thread or with the world stopped.
struct FrameObject : Object {
    std::atomic<Frame*> frame{nullptr};
    Fixed<Code> code;
    Fixed<Function> function;
    Member<> back;                                 // once the frame has ended
    Member<> locals_snapshot;                      // of a function: names set by f_locals that are no variables of it; else, once ended, the mapping
    Member<> displaced;                            // a list: what f_locals has replaced in a live frame, which may be in use there
    Member<> trace_function;
    std::atomic<std::int32_t> last_index{0};
    std::atomic<bool> trace_lines{true}, trace_opcodes{false};
    std::uint32_t saved_count = 0;                 // of the code's local_count, for which there is room behind the struct
    Value* saved() { return reinterpret_cast<Value*>(this + 1); }
    FrameObject(Ref<Code> c, Ref<Function> f, Frame* running) : frame(running), code(std::move(c)), function(std::move(f)) {}
    ~FrameObject();
    static constexpr auto fields = std::tuple{&FrameObject::code, &FrameObject::function, &FrameObject::back, &FrameObject::locals_snapshot,
                                              &FrameObject::displaced, &FrameObject::trace_function};
    void trace(Visitor& v);
    void clear();
    static Type& type();
};
extern Type frame_type;
// The frame object of a frame of this thread, or of any with the world stopped.
Result<Ref<FrameObject>> frame_object(Thread& t, Frame& f);
// The frame is about to go: its frame object keeps the locals.
void detach_frame_object(Thread& t, Frame& f);

}  // namespace oro
