// property: computed attributes. Its functions may be set anew by __init__ at any time.
#pragma once
#include "object/allocate.h"

namespace oro {

struct Property : Object {
    Member<> getter, setter, deleter, doc, name;   // null: none
    std::atomic<bool> doc_of_getter{false};
    static constexpr auto fields = std::tuple{&Property::getter, &Property::setter, &Property::deleter, &Property::doc, &Property::name};
    static Type& type();
};
extern Type property_type;

}  // namespace oro
