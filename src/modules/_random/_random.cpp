// _random: the Mersenne Twister MT19937, with the same numbers for the same seeds as everywhere.
//
// The generator's state is behind the object's lock; seeding from Python objects is computed outside of it.
#include <algorithm>
#include <array>
#include <vector>

#include <sys/random.h>
#include <ctime>
#include <unistd.h>

#include "object/define.h"
#include "types/arguments.h"

namespace oro::random {

namespace {

constexpr int kWords = 624, kShift = 397;

struct Twister {
    std::array<std::uint32_t, kWords> words{};
    int next = kWords;  // kWords: all used

    void seed(std::uint32_t s) {
        words[0] = s;
        for (int i = 1; i < kWords; ++i) words[i] = 1812433253u * (words[i - 1] ^ words[i - 1] >> 30) + std::uint32_t(i);
        next = kWords;
    }

    // The reference's init_by_array: the key is mixed in twice over.
    void seed(std::span<std::uint32_t const> key) {
        seed(19650218u);
        int i = 1;
        std::size_t j = 0;
        auto step = [&] {
            if (++i >= kWords) words[0] = words[kWords - 1], i = 1;
        };
        for (std::size_t k = std::max<std::size_t>(kWords, key.size()); k > 0; --k) {
            words[i] = (words[i] ^ (words[i - 1] ^ words[i - 1] >> 30) * 1664525u) + key[j] + std::uint32_t(j);
            step();
            if (++j >= key.size()) j = 0;
        }
        for (int k = kWords - 1; k > 0; --k) {
            words[i] = (words[i] ^ (words[i - 1] ^ words[i - 1] >> 30) * 1566083941u) - std::uint32_t(i);
            step();
        }
        words[0] = 0x80000000u;
    }

    std::uint32_t draw() {
        if (next >= kWords) refill();
        std::uint32_t y = words[next++];
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c5680u;
        y ^= y << 15 & 0xefc60000u;
        return y ^ y >> 18;
    }

    void refill() {
        for (int i = 0; i < kWords; ++i) {
            std::uint32_t y = (words[i] & 0x80000000u) | (words[(i + 1) % kWords] & 0x7fffffffu);
            words[i] = words[(i + kShift) % kWords] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
        }
        next = 0;
    }
};

struct Random : Object {
    struct Guarded {
        Twister twister;
    } guarded;
    static Type& type();
};

// The key that the operating system gives, or the clock where it gives none.
std::vector<std::uint32_t> entropy() {
    std::vector<std::uint32_t> key(kWords);
    if (getrandom(key.data(), kWords * sizeof(std::uint32_t), GRND_NONBLOCK) == ssize_t(kWords * sizeof(std::uint32_t))) return key;
    timespec now{}, steady{};
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_MONOTONIC, &steady);
    return {std::uint32_t(now.tv_nsec), std::uint32_t(now.tv_sec), std::uint32_t(getpid()), std::uint32_t(steady.tv_nsec),
            std::uint32_t(steady.tv_sec)};
}

Result<std::vector<std::uint32_t>> key_of(Python& py, Borrowed<> n) {
    if (n.is(kNone)) return entropy();
    // The magnitude of an int; the hash of anything else, without sign.
    std::vector<std::uint32_t> key;
    auto add = [&](std::uint64_t word) {
        key.push_back(std::uint32_t(word));
        key.push_back(std::uint32_t(word >> 32));
    };
    if (is_any_int(n.value())) {
        PlainInt number(int_number(n.value()));
        IntView view = number;
        for (std::size_t i = 0; i < view.size; ++i) add(view.limbs[i]);
    } else {
        std::int64_t hash = TRY(hash_value(py, n));
        add(std::uint64_t(hash));
    }
    while (!key.empty() && key.back() == 0) key.pop_back();
    if (key.empty()) key.push_back(0);
    return key;
}

Result<void> seed(Python& py, Borrowed<Random> self, Borrowed<> n) {
    std::vector<std::uint32_t> key = TRY(key_of(py, n));
    Locked<Random> locked(py, self);
    locked->twister.seed(key);
    return {};
}

// 53 random bits.
double random(Thread&, Locked<Random>& self) {
    std::uint32_t high = self->twister.draw() >> 5, low = self->twister.draw() >> 6;
    return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

Result<Ref<>> getrandbits(Python& py, Borrowed<Random> self, Borrowed<> k) {
    Ref<> count = TRY(to_index(py, k));
    if (int_is_negative(count.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    std::uint64_t bits;
    if (!to_uint64(PlainInt(count.value()), bits)) return raise(py, exc::OverflowError, "Python int too large for C uint64_t");
    if (bits == 0) return Ref<>::immediate(Value::of_int(0));
    std::uint64_t words = (bits - 1) / 32 + 1;
    if (words > kMaxLimbs) return raise_no_memory(py);
    LimbBuffer limbs((words + 1) / 2);
    if (!limbs.ok()) return raise_no_memory(py);
    limbs[(words - 1) / 2] = 0;
    {
        Locked<Random> locked(py, self);
        for (std::uint64_t i = 0; i < words; ++i, bits -= 32) {
            std::uint32_t r = locked->twister.draw();
            if (bits < 32) r >>= 32 - bits;
            if (i % 2 == 0) limbs[i / 2] = r;
            else limbs[i / 2] |= std::uint64_t(r) << 32;
            if (bits <= 32) break;
        }
    }
    return make_int(py, false, std::span<std::uint64_t const>(limbs.data(), (words + 1) / 2));
}

Result<Ref<Tuple>> getstate(Thread& t, Locked<Random>& self) {
    Ref<Tuple> state = TRY(make_tuple_uninitialized(t, kWords + 1));
    for (int i = 0; i < kWords; ++i) state->slots[i] = Value::of_int(self->twister.words[i]);
    state->slots[kWords] = Value::of_int(self->twister.next);
    return state;
}

Result<void> setstate(Python& py, Borrowed<Random> self, Borrowed<> state) {
    if (!is<Tuple>(state)) return raise(py, exc::TypeError, "state vector must be a tuple");
    Borrowed<Tuple> items = as<Tuple>(state);
    if (items->size != kWords + 1) return raise(py, exc::ValueError, "state vector is the wrong size");
    Twister twister;
    for (int i = 0; i < kWords; ++i) {
        std::uint64_t word = TRY(to_c_unsigned_long(py, items->at(i)));
        twister.words[i] = std::uint32_t(word);
    }
    std::int64_t next = TRY(to_c_long(py, items->at(kWords)));
    if (next < 0 || next > kWords) return raise(py, exc::ValueError, "invalid state");
    twister.next = int(next);
    Locked<Random> locked(py, self);
    locked->twister = twister;
    return {};
}

Value random_new(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Random>(py, type).release(); }

Value random_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        Tuple* refused = refused_keywords(type_of(self), Random::type(), names);
        if (refused && refused->size > 0) return raise(py, exc::TypeError, "Random() takes no keyword arguments");
        if (n > 1) return raise(py, exc::TypeError, "Random expected at most 1 argument, got {}", n);
        CHECK(seed(py, as<Random>(self), n > 0 ? Borrowed<>(args[0]) : none));
        return none.share();
    };
    return run().release();
}

constexpr MethodDef kMethods[] = {
    def<random>("random", "", "The next number x of 0.0 <= x < 1.0."),
    def<seed>("seed", "n=None, /", "Start again, from an int, from the hash of any other object, or from system entropy."),
    def<getstate>("getstate", "", "The state, for setstate()."),
    def<setstate>("setstate", "state, /", "Continue from a state that getstate() gave."),
    def<getrandbits>("getrandbits", "k, /", "An int of k random bits."),
};

constexpr TypeDef kRandomDef{
    .name = "_random.Random",
    .doc = "A generator of random numbers with a state of its own.",
    .signature = "seed=None, /",
    .size = sizeof(Random),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Random>(),
    .new_ = random_new,
    .init = random_init,
    .methods = kMethods,
};

ORO_TYPE(random_type, kRandomDef);

Type& Random::type() { return random_type; }

Result<void> setup(Python& py, Module& m) { return add_type_to_module(py, m, random_type); }

}  // namespace

ORO_MODULE(random_module, .name = "_random", .doc = "The Mersenne Twister.", .setup = setup);

}  // namespace oro::random
