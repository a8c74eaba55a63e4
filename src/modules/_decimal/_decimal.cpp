// _decimal: decimal arithmetic as the General Decimal Arithmetic specification has it. This file puts the module together.
#include "modules/_decimal/decimal.h"
#include "object/import.h"

namespace oro::decimal {

namespace {

constexpr MethodDef functions[] = {
    function<getcontext>("getcontext", "", "The current context."),
    function<setcontext>("setcontext", "context, /", "Make a context the current one."),
    raw_def("localcontext", "ctx=None, **kwargs", "A manager that makes a copy of a context the current one for a block.",
            localcontext, MethodKind::static_),
    function<ieee_context>("IEEEContext", "bits, /", "The context of an IEEE 754 interchange format of that size."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(make_shared_state(py));
    Shared& s = shared();
    CHECK(add_type_to_module(py, m, decimal_type));
    CHECK(add_type_to_module(py, m, context_type));
    CHECK(add_to_module(py, m, "DecimalTuple", s.tuple.share()));
    CHECK(add_to_module(py, m, "DecimalException", s.decimal_exception.share()));
    for (std::size_t i = 0; i < std::size(kSignals); ++i) CHECK(add_to_module(py, m, kSignals[i].name, s.signals[i].share()));
    for (std::size_t i = 0; i < std::size(kConditions); ++i) CHECK(add_to_module(py, m, kConditions[i].name, s.conditions[i].share()));
    CHECK(add_to_module(py, m, "DefaultContext", s.default_context.share()));
    CHECK(add_to_module(py, m, "BasicContext", s.basic_context.share()));
    CHECK(add_to_module(py, m, "ExtendedContext", s.extended_context.share()));
    for (char const* name : kRoundings) CHECK(add_to_module(py, m, name, TRY(make_interned(py, name))));
    struct Limit {
        char const* name;
        std::int64_t value;
    };
    for (Limit l : {Limit{"MAX_PREC", kMaxPrec}, Limit{"MAX_EMAX", kMaxEmax}, Limit{"MIN_EMIN", kMinEmin}, Limit{"MIN_ETINY", kMinEtiny},
                    Limit{"IEEE_CONTEXT_MAX_BITS", 512}}) {
        CHECK(add_to_module(py, m, l.name, TRY(make_int(py, l.value))));
    }
    CHECK(add_to_module(py, m, "HAVE_THREADS", Ref<>::immediate(kTrue)));
    CHECK(add_to_module(py, m, "HAVE_CONTEXTVAR", Ref<>::immediate(kTrue)));
    CHECK(add_to_module(py, m, "SPEC_VERSION", TRY(make_str(py, std::string_view("1.70")))));
    CHECK(add_to_module(py, m, "__version__", TRY(make_str(py, std::string_view("1.70")))));
    CHECK(add_to_module(py, m, "__libmpdec_version__", TRY(make_str(py, std::string_view("2.5.1")))));
    Ref<> number = TRY(import_attribute(py, "numbers", "Number"));
    CHECK(call_method_with(py, number, TRY(make_interned(py, "register")), Borrowed<>(Value::of(&decimal_type))));
    return {};
}

}  // namespace

ORO_MODULE(decimal_module, .name = "_decimal", .doc = "Decimal arithmetic; programs use it through the module decimal.",
           .functions = functions, .setup = setup);

}  // namespace oro::decimal
