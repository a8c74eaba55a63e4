// What the operations share with the functions behind them.
#pragma once
#include "object/class.h"
#include "object/list.h"
#include "vm/dispatch.h"
#include "vm/feedback.h"
#include "types/iterators.h"
#include "vm/function.h"

namespace oro {
extern Type list_type, tuple_type, dict_type, str_type, set_type, slice_type;
}

namespace oro::vm {

// Truth of R[a] for a conditional jump, consuming it if flagged: 0, 1, or -1 if it raised.
int condition(Thread* t, Value* regs, std::uint64_t word);

// 0: raised. 1: done, the result is in its register. 2: a frame was pushed; t->frame is to be entered.
enum class Nested : std::uint8_t { never, classes };  // classes: a class is called from C++, so that its call ends here
int call_slow(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word, Nested nested = Nested::never);
// The call block at R[a] has a native function, or a method of a native type with a self that suits it, and no keywords. False: raised.
bool call_builtin_type(Thread* t, Value* regs, Instruction const* pc, std::uint64_t word);
bool call_native(Thread* t, Value* regs, Instruction const* pc, std::uint64_t word);
int call_ex_slow(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word, Nested nested = Nested::never);
// The call block at p: a bound method becomes its function and self.
void unpack_bound_method(Value* regs, unsigned p);
// The tuple of f(*positional); null if raised.
Maybe<Tuple> positional_arguments(Python& py, Value callable, Value positional);
// Whether `item` is in a list or tuple, where that can be told without running Python or counting anything: 1 or 0; else -1.
int find_item(Value container, Value item);
// Words to go on (2: yielded, 1: finished), -1: raised.
int send_slow(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word);

// What the class, written in Python, makes of the arguments by `make`, its native __new__; null: raised.
Value make_instance(Python& t, Type& type, NewFn make, Value const* args, std::size_t n, Tuple* names);

enum class Leave { interpreter, called, finished, error };
// Pops the frame of `regs`, whose result is `v` (as in a register).
Leave return_slow(Thread* t, Value* regs, Value v);
// Suspends a generator's frame. True: leave interpret() (t->result is set); false: t->frame is the resumer.
bool yield_slow(Thread* t, Frame* frame, Value v);
// The generator object of the running frame, taking its registers over; null if raised.
Value make_generator(Thread* t, Value* regs);
// Links a suspended generator's frame on top, to be entered; `v` as in a register (null: None). False if it can't be resumed this way.
bool enter_generator(Thread* t, Generator* g, Value v);

// RecursionError: "maximum recursion depth exceeded".
Raised raise_recursion_limit(Thread& t);
Value not_an_iterator(Thread* t, Value v);
// A StopIteration on its way is dropped: true.
bool iteration_ended(Thread* t);

// Runs from t->frame until its entry frame leaves. The result as a counted reference; null if it raised. `raise`: the exception on the
// thread is raised at the frame's pc first.
Value interpret(Thread& t, bool raise);

// Pushes a frame for a Python function with these arguments (not consumed). False: raised.
bool push_frame(Python& py, Function& f, Value const* args, std::size_t positional, Tuple* names, std::uint64_t flags, Value result);
// Binds arguments to `out`, one register a parameter; each is retained. False: raised, and nothing is retained.
bool bind_arguments(Python& py, Function& f, Code& code, Value const* args, std::size_t positional, Tuple* names, Value* out);
// First free word of the VM stack.
Value* stack_top(Thread& t);
// Releases the registers and locals of a frame that is about to be popped. Its object, null or counted, has been detached from it: to
// be dropped once the frame can no longer be found, as the function is.
Value release_frame(Thread* t, Frame* frame);

// What happens to the exception on the thread in the innermost frame: finds the handler or pops the frame. `again`: reraise, the
// traceback has this frame already.
enum class Unwound { handler, interpreter };
Unwound unwind(Thread* t, bool again);

}  // namespace oro::vm
