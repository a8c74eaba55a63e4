#include "vm/function.h"
#include "vm/generator.h"
#include "vm/introspect.h"
#include "object/super.h"
#include "runtime/sys.h"
namespace oro {
constexpr TypeDef gdef{.name="generator", .size=sizeof(Generator), .hooks=hooks_of<Generator>()};
constexpr TypeDef fdef{.name="frame", .size=sizeof(FrameObject), .hooks=hooks_of<FrameObject>()};
ORO_TYPE(generator_type, gdef); ORO_TYPE(coroutine_type, gdef); ORO_TYPE(async_generator_type, gdef); ORO_TYPE(frame_type_, fdef);
FrameObject::~FrameObject(){} void FrameObject::trace(Visitor&){} void FrameObject::clear(){}
Result<Ref<>> wrap_async_yield(Thread& t, Ref<> v){ return v; }
void set_coroutine_origin_depth(Python&, int){} int coroutine_origin_depth(Python&){return 0;}
void note_coroutine_origin(Python&, Generator&){}
Maybe<> module_name_at(Python&, long){return {};}
void init_frames(){}
Result<Ref<>> get_awaitable_iterator(Python&, Borrowed<> v){return v.share();}
Result<Ref<FrameObject>> frame_object(Thread& t, Frame& f){ return make<FrameObject>(t, frame_type_, Ref<Code>::adopt(share(Value::of(f.code.get())).release())); }
Result<Ref<>> frame_at(Python& py, long){ return raise(py, exc::ValueError, "stub"); }
Result<void> finish_sys(Python&){ return {}; }
void detach_frame_object(Thread&, Frame&){}
Result<Ref<>> current_locals(Python& py){ return raise(py, exc::ValueError, "stub"); }
Result<Ref<>> current_globals(Python& py){ return raise(py, exc::ValueError, "stub"); }
Result<Ref<>> current_frames(Python& py){ return raise(py, exc::ValueError, "stub"); }
Result<Ref<>> current_exceptions(Python& py){ return raise(py, exc::ValueError, "stub"); }
Result<void> close_awaitable(Python&, Borrowed<>){ return {}; }
Result<SuperArguments> arguments_of_super(Python& py){ return raise(py, exc::RuntimeError, "stub"); }
}
