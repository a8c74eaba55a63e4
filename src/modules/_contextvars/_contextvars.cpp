// _contextvars: the types, and copy_context().
#include "object/context.h"
#include "object/define.h"
#include "object/dict.h"

namespace oro {
namespace {

Result<Ref<>> copy(Thread& t) { return Ref<>(TRY(copy_context(t))); }
constexpr MethodDef functions[] = {function<copy>("copy_context", "", "A copy of the current context.")};

Result<void> setup(Python& py, Module& m) {
    Ref<Str> name = intern(py, TRY(make_str(py, std::string_view("MISSING"))));
    CHECK(dict_set(py, **ContextToken::type().dict, name, context_token_missing()));
    CHECK(add_type_to_module(py, m, Context::type()));
    CHECK(add_type_to_module(py, m, ContextVar::type()));
    return add_type_to_module(py, m, ContextToken::type());
}

}  // namespace

ORO_MODULE(contextvars_module, .name = "_contextvars", .doc = "Context variables.", .functions = functions, .setup = setup);

}  // namespace oro
