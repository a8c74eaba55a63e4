// Subscripts of arrays: items and slices.
#include "base/shared_bytes.h"
#include "modules/array/array.h"
#include "object/slice.h"

namespace oro::array_module {

namespace {

Result<std::int64_t> index_from(Python& py, Borrowed<> key) {
    if (!is_any_int(key.value()) && !(key.value().is_pointer() && type_of(key).slot(Dunder::index))) {
        return raise(py, exc::TypeError, "array indices must be integers");
    }
    return to_int64(py, key, &exc::IndexError);
}

// Takes out what a slice with a step selects; under the lock.
Result<void> delete_stepped(Thread& t, Array& a, SliceBounds range) {
    if (range.count == 0) return {};
    if (a.guarded.exports > 0) return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
    if (range.step < 0) {
        range.start += range.step * (range.count - 1);
        range.step = -range.step;
    }
    std::size_t size = a.kind->size, to = std::size_t(range.start), next = std::size_t(range.start), left = std::size_t(range.count);
    for (std::size_t from = to; from < a.guarded.count; ++from) {
        if (left > 0 && from == next) {
            next += std::size_t(range.step);
            --left;
            continue;
        }
        std::memcpy(a.guarded.data + to++ * size, a.guarded.data + from * size, size);
    }
    return resize(t, a, a.guarded.count - std::size_t(range.count));
}

}  // namespace

Result<Ref<>> get_at(Python& py, Self self, Borrowed<> key) {
    if (is_exact<Slice>(key)) {
        SliceNumbers numbers = TRY(slice_numbers(py, *as<Slice>(key)));
        Locked<Array> a(py, self);
        SliceBounds range = clip_slice(numbers, a->count);
        std::size_t size = self->kind->size, n = std::size_t(range.count);
        Ref<Array> result = TRY(make_array(py, array_type, self->kind, nullptr, n));
        if (range.step == 1) {
            if (n) copy_shared(result->guarded.data, a->data + std::size_t(range.start) * size, n * size);
        } else {
            std::int64_t at = range.start;
            for (std::size_t i = 0; i < n; ++i, at += range.step)
                copy_shared(result->guarded.data + i * size, a->data + std::size_t(at) * size, size);
        }
        return result;
    }
    std::int64_t index = TRY(index_from(py, key));
    Locked<Array> a(py, self);
    std::int64_t at = position_of(index, a->count);
    if (at < 0) return raise(py, exc::IndexError, "array index out of range");
    return self->kind->unpack(py, item_at(*self, std::size_t(at)));
}

Result<void> set_at(Python& py, Self self, Borrowed<> key, Borrowed<> value) {
    if (is_exact<Slice>(key)) {
        if (!is<Array>(value))
            return raise(py, exc::TypeError, "can only assign array (not \"{}\") to array slice", TypeName{value.value()});
        Self other = as<Array>(value);
        if (other->kind != self->kind) return raise(py, exc::TypeError, "bad argument type for built-in operation");
        SliceNumbers numbers = TRY(slice_numbers(py, *as<Slice>(key)));
        // A copy: it may be the array itself.
        Ref<Bytes> octets = TRY(octets_of(py, other));
        std::size_t size = self->kind->size, n = octets->size / size;
        Locked<Array> a(py, self);
        SliceBounds range = clip_slice(numbers, a->count);
        if (range.step == 1) return splice(py, *self, std::size_t(range.start), std::size_t(range.start + range.count), octets->data, n);
        if (n != std::size_t(range.count)) {
            return raise(py, exc::ValueError, "attempt to assign array of size {} to extended slice of size {}", n, range.count);
        }
        std::int64_t at = range.start;
        for (std::size_t i = 0; i < n; ++i, at += range.step) copy_shared(a->data + std::size_t(at) * size, octets->data + i * size, size);
        return {};
    }
    std::int64_t index = TRY(index_from(py, key));
    {
        // What doesn't exist is not assigned to, whatever the value.
        Locked<Array> a(py, self);
        if (position_of(index, a->count) < 0) return raise(py, exc::IndexError, "array assignment index out of range");
    }
    char item[kMaxItem];
    CHECK(self->kind->pack(py, item, value));
    Locked<Array> a(py, self);
    std::int64_t at = position_of(index, a->count);
    if (at < 0) return raise(py, exc::IndexError, "array assignment index out of range");
    copy_shared(a->data + std::size_t(at) * self->kind->size, item, self->kind->size);
    return {};
}

Result<void> delete_at(Python& py, Self self, Borrowed<> key) {
    if (is_exact<Slice>(key)) {
        SliceNumbers numbers = TRY(slice_numbers(py, *as<Slice>(key)));
        Locked<Array> a(py, self);
        SliceBounds range = clip_slice(numbers, a->count);
        if (range.step != 1) return delete_stepped(py, *self, range);
        return splice(py, *self, std::size_t(range.start), std::size_t(range.start + range.count), nullptr, 0);
    }
    std::int64_t index = TRY(index_from(py, key));
    Locked<Array> a(py, self);
    std::int64_t at = position_of(index, a->count);
    if (at < 0) return raise(py, exc::IndexError, "array assignment index out of range");
    return splice(py, *self, std::size_t(at), std::size_t(at) + 1, nullptr, 0);
}

}  // namespace oro::array_module
