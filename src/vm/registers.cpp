#include "vm/registers.h"

namespace oro::reg {

void retain_slow(Header* h) {
    if (!h->has(flag::deferred)) detail::incref_slow(h);
}

void release_slow(Header* h) {
    if (!is_uncounted(h)) detail::decref_slow(h);
}

void adopt_slow(Header* h) {
    // A deferred object never dies by its count, so giving it back is safe at any time.
    if (h->has(flag::deferred)) detail::decref_slow(h);
}

void publish_slow(Header* h) {
    if (h->has(flag::deferred)) detail::incref_slow(h);
}

}  // namespace oro::reg
