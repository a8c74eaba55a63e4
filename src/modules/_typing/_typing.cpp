// _typing: the native types of the typing module.
#include "object/define.h"
#include "types/typevar.h"
#include "types/union.h"

namespace oro {
namespace {

Ref<> idfunc(Thread&, Borrowed<> x) { return x.share(); }
constexpr MethodDef functions[] = {function<idfunc>("_idfunc", "x, /", "The argument.")};

Result<void> setup(Python& py, Module& m) {
    struct Named { char const* name; Type& type; };
    Named const all[] = {{"TypeVar", type_var_type}, {"ParamSpec", param_spec_type}, {"TypeVarTuple", type_var_tuple_type},
                         {"ParamSpecArgs", param_spec_args_type}, {"ParamSpecKwargs", param_spec_kwargs_type},
                         {"TypeAliasType", type_alias_type}, {"Generic", generic_type}, {"Union", union_type}};
    for (Named const& n : all) CHECK(add_to_module(py, m, n.name, share(Value::of(&n.type))));
    return add_to_module(py, m, "NoDefault", no_default());
}

}  // namespace

ORO_MODULE(typing_module, .name = "_typing", .doc = "The native part of typing.", .functions = functions, .setup = setup);

}  // namespace oro
