// The module itertools.
#include "modules/itertools/itertools.h"

namespace oro::itertools {

namespace {

constexpr MethodDef functions[] = {
    function<tee>("tee", "iterable, n=2, /", "Return a tuple of n iterators that each give all the items of the iterable."),
};

Result<void> setup(Python& py, Module& m) {
    Type* const types[] = {&accumulate_type, &batched_type,    &chain_type,       &combinations_type, &combinations_with_replacement_type,
                           &compress_type,   &count_type,      &cycle_type,       &dropwhile_type,    &filterfalse_type,
                           &groupby_type,    &grouper_type,    &islice_type,      &pairwise_type,     &permutations_type,
                           &product_type,    &repeat_type,     &starmap_type,     &takewhile_type,    &tee_type,
                           &tee_data_type,   &zip_longest_type};
    for (Type* type : types) CHECK(add_type_to_module(py, m, *type));
    return {};
}

ORO_MODULE(itertools_module, .name = "itertools",
           .doc = "Iterators as building blocks.\n\n"
                  "Without end: count, cycle, repeat.\n"
                  "Ending with the shortest input: accumulate, batched, chain, compress, dropwhile, groupby, filterfalse,\n"
                  "islice, pairwise, starmap, takewhile, tee, zip_longest.\n"
                  "Combinatoric: product, permutations, combinations, combinations_with_replacement.",
           .functions = functions, .setup = setup);

}  // namespace

}  // namespace oro::itertools
