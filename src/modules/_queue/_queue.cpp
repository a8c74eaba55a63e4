// _queue.SimpleQueue: an unbounded first-in first-out queue that threads hand items through.
//
// The queue's lock guards items and waiters. A waiter stands on its thread's stack with a lock byte of its own, which is
// taken: put() gives the item to the longest waiting one and releases its byte, still holding the queue's lock; a waiter takes
// that lock once before it leaves, so that nobody touches it afterwards.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "memory/lock.h"
#include "object/define.h"
#include "object/exception.h"
#include "object/generic_alias.h"
#include "types/arguments.h"

namespace oro {
namespace {

struct Waiter {
    LockByte byte{lock_bit::locked};
    Value item;                          // owned; null until it is handed over
    Waiter* next = nullptr;
};

struct SimpleQueue : Object {
    struct Guarded {
        Value* ring = nullptr;           // owned values
        std::size_t capacity = 0, first = 0, count = 0;
        Waiter* waiting = nullptr;       // longest waiting first; only while there are no items
        Waiter** last = &waiting;

        // Room for one more; false if memory is exhausted.
        bool reserve() {
            if (count < capacity) return true;
            std::size_t n = capacity ? capacity * 2 : 8;
            auto* grown = static_cast<Value*>(buffer_allocate(n * sizeof(Value)));
            if (!grown) return false;
            for (std::size_t i = 0; i < count; ++i) grown[i] = ring[(first + i) % capacity];
            buffer_free(ring);
            ring = grown;
            capacity = n;
            first = 0;
            return true;
        }
        Value pop() {
            Value v = ring[first];
            first = (first + 1) % capacity;
            --count;
            return v;
        }
        void push(Value v) { ring[(first + count++) % capacity] = v; }
        void push_front(Value v) {
            first = (first + capacity - 1) % capacity;
            ring[first] = v;
            ++count;
        }
        void enqueue(Waiter* w) {
            *last = w;
            last = &w->next;
        }
        void leave(Waiter* w) {
            Waiter** p = &waiting;
            while (*p && *p != w) p = &(*p)->next;
            if (!*p) return;
            *p = w->next;
            if (last == &w->next) last = p;
        }
    } guarded;
    ~SimpleQueue() {
        clear();
        buffer_free(guarded.ring);
    }
    static Type& type();
    void trace(Visitor& v) {
        for (std::size_t i = 0; i < guarded.count; ++i) v(guarded.ring[(guarded.first + i) % guarded.capacity]);
    }
    void clear() {
        while (guarded.count) detail::decref(guarded.pop());
    }
};

}  // namespace
extern Type queue_empty_type;
namespace {

Result<void> put_item(Thread& t, Borrowed<SimpleQueue> self, Ref<> item) {
    bool full = false;
    {
        Locked<SimpleQueue> q(t, self);
        if (Waiter* w = q->waiting) {
            q->waiting = w->next;
            if (!q->waiting) q->last = &q->waiting;
            w->item = item.release();
            oro::unlock(w->byte);
            return {};
        }
        full = !q->reserve();
        if (!full) q->push(item.release());
    }
    if (full) return raise_no_memory(t);
    return {};
}

Result<void> put(Python& py, Borrowed<SimpleQueue> self, Borrowed<> item, Optional<>, Optional<>) { return put_item(py, self, item.share()); }
Result<void> put_nowait(Python& py, Borrowed<SimpleQueue> self, Borrowed<> item) { return put_item(py, self, item.share()); }

Raised raise_empty(Thread& t) { return raise_object(t, TRY(make_exception(t, queue_empty_type, empty_tuple()))); }

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Nanoseconds to wait; negative for ever.
Result<std::int64_t> timeout_of(Python& py, Optional<> timeout) {
    if (!timeout || timeout.value() == kNone) return -1;
    Value v = timeout.value();
    if (!is_any_float(v) && !is_any_int(v) && !TRY(find_special(py, *timeout, name::dunder_index()))) {
        return raise(py, exc::TypeError, "'{}' object cannot be interpreted as an integer or float", TypeName{v});
    }
    double seconds = TRY(to_double(py, *timeout));
    if (std::isnan(seconds)) return raise(py, exc::ValueError, "Invalid value NaN (not a number)");
    if (seconds < 0) return raise(py, exc::ValueError, "'timeout' must be a non-negative number");
    if (seconds * 1e9 >= 0x1p63) return raise(py, exc::OverflowError, "timestamp out of range for C PyTime_t");
    return std::int64_t(std::ceil(seconds * 1e9));
}

Result<Ref<>> get_item_of(Python& py, Borrowed<SimpleQueue> self, bool block, std::int64_t timeout) {
    Waiter w;
    bool empty = false;
    {
        Locked<SimpleQueue> q(py, self);
        if (q->count) return Ref<>::adopt(q->pop());
        if (!block) empty = true;
        else q->enqueue(&w);
    }
    if (empty) return raise_empty(py);
    std::int64_t deadline = -1;
    if (timeout >= 0 && __builtin_add_overflow(now_ns(), timeout, &deadline)) deadline = INT64_MAX;
    for (;;) {
        std::int64_t rest = deadline < 0 ? -1 : std::max<std::int64_t>(deadline - now_ns(), 0);
        LockResult r = lock_timed(py, w.byte, rest, true);
        // Signal handlers run while it still waits.
        bool failed = r == LockResult::interrupted && poll(py).raised();
        {
            Locked<SimpleQueue> q(py, self);
            if (w.item && !failed) return Ref<>::adopt(w.item);
            if (!failed && r != LockResult::timed_out) continue;
            q->leave(&w);
            // Handed over in the last moment: back to where it came from, or to the next in line.
            if (w.item) {
                if (Waiter* other = q->waiting) {
                    q->waiting = other->next;
                    if (!q->waiting) q->last = &q->waiting;
                    other->item = std::exchange(w.item, Value{});
                    oro::unlock(other->byte);
                } else if (q->reserve()) {
                    q->push_front(std::exchange(w.item, Value{}));
                }
            }
        }
        detail::decref(w.item);
        if (failed) return Raised{};
        return raise_empty(py);
    }
}

Result<Ref<>> get(Python& py, Borrowed<SimpleQueue> self, bool block, Optional<> timeout) {
    std::int64_t ns = block ? TRY(timeout_of(py, timeout)) : 0;
    return get_item_of(py, self, block, ns);
}
Result<Ref<>> get_nowait(Python& py, Borrowed<SimpleQueue> self) { return get_item_of(py, self, false, 0); }
bool empty(Thread&, Locked<SimpleQueue>& self) { return self->count == 0; }
std::int64_t qsize(Thread&, Locked<SimpleQueue>& self) { return std::int64_t(self->count); }

Value new_queue(Python& py, Type& type, Value const*, std::size_t n, Tuple* names) {
    Tuple* refused = refused_keywords(type, SimpleQueue::type(), names);
    if (refused && refused->size) (void)raise(py, exc::TypeError, "SimpleQueue() takes no keyword arguments");
    else if (n) (void)raise(py, exc::TypeError, "SimpleQueue() takes no positional arguments");
    else return make<SimpleQueue>(py, type).release();
    return {};
}

constexpr MethodDef methods[] = {
    def<put>("put", "item, block=True, timeout=None", "Puts an item into the queue; never waits."),
    def<put_nowait>("put_nowait", "item", "The same."),
    def<get>("get", "block=True, timeout=None", "Takes an item out, waiting for one if need be; raises Empty if there is none in time."),
    def<get_nowait>("get_nowait", "", "Takes an item out; raises Empty if there is none."),
    def<empty>("empty", "", "Whether the queue is empty now."),
    def<qsize>("qsize", "", "How many items are in the queue now."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr TypeDef queue_def{.name = "_queue.SimpleQueue", .doc = "An unbounded queue.", .signature = "", .size = sizeof(SimpleQueue),
                            .flags = type_flag::subclassable | type_flag::has_weakrefs, .hooks = hooks_of<SimpleQueue>(),
                            .new_ = new_queue, .methods = methods};
constexpr TypeDef empty_def{.name = "_queue.Empty", .doc = "A queue has no item.", .base = &exc::Exception, .size = sizeof(BaseException),
                            .flags = type_flag::subclassable | type_flag::has_dict | type_flag::exception | type_flag::has_weakrefs,
                            .hooks = hooks_of<BaseException>()};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type_to_module(py, m, SimpleQueue::type()));
    return add_type_to_module(py, m, queue_empty_type);
}

}  // namespace

ORO_TYPE(simple_queue_type, queue_def);
ORO_TYPE(queue_empty_type, empty_def);
namespace { Type& SimpleQueue::type() { return simple_queue_type; } }

ORO_MODULE(queue_module, .name = "_queue", .doc = "Queues for threads.", .setup = setup);

}  // namespace oro
