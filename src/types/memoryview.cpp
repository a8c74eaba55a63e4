#include "object/memoryview.h"

#include <cstring>

#include "base/shared_bytes.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/slice.h"
#include "types/bytes_methods.h"
#include "types/memory_items.h"

namespace oro {

extern Type memoryview_type, managed_buffer_type;

bool MemoryView::try_use() {
    std::int64_t n = uses.load(std::memory_order_relaxed);
    do {
        if (n < 0) return false;
    } while (!uses.compare_exchange_weak(n, n + 1, std::memory_order_acquire));
    return true;
}

MemoryView::~MemoryView() {
    // The last one that isn't released gives the claim back at once, though other released views may still live.
    if (base && !is_released() && base->users.fetch_sub(1, std::memory_order_acq_rel) == 1) base->buffer.release();
    buffer_free(numbers);
}

namespace {

using Self = Borrowed<MemoryView>;

Raised released_error(Thread& t) { return raise(t, exc::ValueError, "operation forbidden on released memoryview object"); }

// An access under way: the memory stays claimed meanwhile.
class Use {
public:
    explicit Use(MemoryView& v) : view_(v.try_use() ? &v : nullptr) {}
    ~Use() { if (view_) view_->end_use(); }
    Use(Use const&) = delete;
    explicit operator bool() const { return view_; }

private:
    MemoryView* view_;
};
#define USE(self)                          \
    Use use(*(self).get());                \
    if (!use) return released_error(py)

void find_contiguity(MemoryView& v) {
    auto contiguous = [&](bool fortran) {
        if (v.size == 0) return true;
        auto expected = std::int64_t(v.item_size);
        for (int k = 0; k < v.dims; ++k) {
            int i = fortran ? k : v.dims - 1 - k;
            if (v.shape()[i] > 1 && v.strides()[i] != expected) return false;
            expected *= v.shape()[i];
        }
        return true;
    };
    v.c_contiguous = contiguous(false);
    v.f_contiguous = contiguous(true);
}

void set_c_strides(MemoryView& v) {
    auto stride = std::int64_t(v.item_size);
    for (int i = v.dims - 1; i >= 0; --i) {
        v.numbers[v.dims + i] = stride;
        stride *= v.shape()[i];
    }
}

Result<Ref<MemoryView>> allocate_view(Thread& t, Ref<ManagedBuffer> base, int dims) {
    Ref<MemoryView> v = TRY(make<MemoryView>(t, memoryview_type, std::move(base)));
    v->dims = dims;
    v->numbers = static_cast<std::int64_t*>(buffer_allocate(std::size_t(2 * dims + 1) * sizeof(std::int64_t)));
    if (!v->numbers) return raise_no_memory(t);
    return v;
}

// Another view of the same claim with the same layout; the source is in use.
Result<Ref<MemoryView>> copy_view(Thread& t, MemoryView& from) {
    Ref<MemoryView> v = TRY(allocate_view(t, from.base.share(), from.dims));
    v->data = from.data;
    v->size = from.size;
    v->item_size = from.item_size;
    v->readonly = from.readonly;
    v->c_contiguous = from.c_contiguous;
    v->f_contiguous = from.f_contiguous;
    std::memcpy(v->own_format, from.own_format, sizeof v->own_format);
    v->format = from.format == from.own_format ? v->own_format : from.format;
    std::memcpy(v->numbers, from.numbers, std::size_t(2 * from.dims) * sizeof(std::int64_t));
    return v;
}

Result<Ref<MemoryView>> view_of_buffer(Thread& t, Buffer buffer) {
    Ref<ManagedBuffer> base = TRY(make<ManagedBuffer>(t, managed_buffer_type, std::move(buffer)));
    Buffer const& b = base->buffer;
    Ref<MemoryView> v = TRY(allocate_view(t, base.share(), b.dims));
    v->data = b.data;
    v->size = b.size;
    v->item_size = b.item_size;
    v->readonly = b.readonly;
    v->format = b.format ? b.format : "B";
    for (int i = 0; i < b.dims; ++i) v->numbers[i] = b.shape_at(i);
    if (b.strides) std::memcpy(v->numbers + b.dims, b.strides, std::size_t(b.dims) * sizeof(std::int64_t));
    else set_c_strides(*v);
    find_contiguity(*v);
    return v;
}

// The memory as a Buffer that claims nothing; the view is in use.
Buffer layout_of(MemoryView& v) {
    Buffer b;
    b.data = v.data;
    b.size = v.size;
    b.item_size = v.item_size;
    b.readonly = v.readonly;
    b.dims = v.dims;
    b.format = v.format;
    b.shape = v.shape();
    b.strides = v.c_contiguous ? nullptr : v.strides();
    return b;
}

Result<Ref<Bytes>> octets_of_view(Thread& t, MemoryView& v) {
    Ref<Bytes> out = TRY(make_bytes_uninitialized(t, v.size));
    if (out->size > 0) copy_buffer(layout_of(v), out->data);
    return out;
}

Result<Ref<>> new_view(Python& py, Type&, Value const* args, std::size_t positional, Tuple* keyword_names) {
    static constexpr char const* names[] = {"object"};
    Value word{};
    CHECK(parse_arguments(py, "memoryview", names, 0, 1, 1, args, positional, keyword_names, &word));
    return TRY(make_memoryview(py, Borrowed<>(word)));
}
Value new_thunk(Python& py, Type& type, Value const* args, std::size_t positional, Tuple* keyword_names) {
    return new_view(py, type, args, positional, keyword_names).release();
}

// ---- items
Raised unsupported(Thread& t, MemoryView& v) {
    return raise(t, exc::NotImplementedError, "memoryview: format {} not supported", v.format);
}

Result<char> item_format(Thread& t, MemoryView& v) {
    char f = simple_format(v.format);
    if (!f) return unsupported(t, v);
    return f;
}

// Where an index along a dimension stands, as an offset.
Result<std::int64_t> offset_of(Python& py, MemoryView& v, int dim, Borrowed<> key) {
    std::int64_t at = position_of(TRY(to_int64(py, key, &exc::IndexError)), std::size_t(v.shape()[dim]));
    if (at < 0) return raise(py, exc::IndexError, "index out of bounds on dimension {}", dim + 1);
    return at * v.strides()[dim];
}

bool is_index(Borrowed<> v) { return v.value().is_int() || type_of(v).slot(Dunder::index); }

// The address of the item that an index or tuple of indices names; null if the key is neither.
Result<char*> item_at(Python& py, MemoryView& v, Borrowed<> key) {
    if (is_index(key)) {
        if (v.dims == 0) return raise(py, exc::TypeError, "invalid indexing of 0-dim memory");
        if (v.dims > 1) return raise(py, exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
        return v.data + TRY(offset_of(py, v, 0, key));
    }
    if (!is<Tuple>(key)) return static_cast<char*>(nullptr);
    auto keys = as<Tuple>(key)->items();
    for (Value k : keys)
        if (!is_index(Borrowed<>(k))) return static_cast<char*>(nullptr);
    if (keys.size() < std::size_t(v.dims)) {
        return raise(py, exc::NotImplementedError, "sub-views are not implemented");
    }
    if (keys.size() > std::size_t(v.dims)) {
        return raise(py, exc::TypeError, "cannot index {}-dimension view with {}-element tuple", v.dims, keys.size());
    }
    char* p = v.data;
    for (int i = 0; i < v.dims; ++i) p += TRY(offset_of(py, v, i, Borrowed<>(keys[std::size_t(i)])));
    return p;
}

Result<Ref<MemoryView>> slice_view(Python& py, MemoryView& v, Borrowed<Slice> slice) {
    SliceBounds range = TRY(slice_bounds(py, *slice.get(), std::size_t(v.shape()[0])));
    Ref<MemoryView> out = TRY(copy_view(py, v));
    out->data += range.start * v.strides()[0];
    out->numbers[0] = range.count;
    out->numbers[out->dims] = v.strides()[0] * range.step;
    out->size = out->item_size;
    for (int i = 0; i < out->dims; ++i) out->size *= std::size_t(out->shape()[i]);
    find_contiguity(*out);
    return out;
}

Raised bad_key(Thread& t, Borrowed<> key) {
    if (is<Tuple>(key)) return raise(t, exc::NotImplementedError, "multi-dimensional slicing is not implemented");
    return raise(t, exc::TypeError, "memoryview: invalid slice key");
}

Result<Ref<>> get_at(Python& py, Self self, Borrowed<> key) {
    USE(self);
    MemoryView& v = *self.get();
    if (v.dims == 0 && key.is(kEllipsis)) return self.share();
    if (is_exact<Slice>(key)) {
        if (v.dims == 0) return raise(py, exc::TypeError, "invalid indexing of 0-dim memory");
        return TRY(slice_view(py, v, as<Slice>(key)));
    }
    char* p = TRY(item_at(py, v, key));
    if (!p) return bad_key(py, key);
    return unpack_item(py, p, TRY(item_format(py, v)));
}

bool same_structure(MemoryView& a, MemoryView& b) {
    char f = simple_format(a.format), g = simple_format(b.format);
    if (f ? f != g : std::strcmp(a.format, b.format) != 0) return false;
    if (a.dims != b.dims || a.item_size != b.item_size) return false;
    for (int i = 0; i < a.dims; ++i)
        if (a.shape()[i] != b.shape()[i]) return false;
    return true;
}

Result<void> set_at(Python& py, Self self, Borrowed<> key, Borrowed<> value) {
    USE(self);
    MemoryView& v = *self.get();
    if (v.readonly) return raise(py, exc::TypeError, "cannot modify read-only memory");
    if (is_exact<Slice>(key) && v.dims == 1) {
        Ref<MemoryView> from = TRY(make_memoryview(py, value));
        Ref<MemoryView> to = TRY(slice_view(py, v, as<Slice>(key)));
        if (!same_structure(*from, *to)) {
            return raise(py, exc::ValueError, "memoryview assignment: lvalue and rvalue have different structures");
        }
        // Through a copy: the two may overlap.
        Ref<Bytes> octets = TRY(octets_of_view(py, *from));
        for (std::int64_t i = 0; i < to->shape()[0]; ++i) {
            copy_shared(to->data + i * to->strides()[0], octets->data + std::size_t(i) * to->item_size, to->item_size);
        }
        return {};
    }
    if (is_exact<Slice>(key)) {
        if (v.dims == 0) return raise(py, exc::TypeError, "invalid indexing of 0-dim memory");
        return raise(py, exc::NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
    }
    char* p = v.dims == 0 && key.is(kEllipsis) ? v.data : TRY(item_at(py, v, key));
    if (!p) return bad_key(py, key);
    return pack_item(py, p, TRY(item_format(py, v)), value);
}

Result<void> delete_at(Python& py, Self, Borrowed<>) { return raise(py, exc::TypeError, "cannot delete memory"); }

Result<std::int64_t> length_of(Thread& py, Self self) {
    USE(self);
    if (self->dims == 0) return raise(py, exc::TypeError, "0-dim memory has no length");
    return self->shape()[0];
}

Result<Ref<>> list_from_dim(Thread& t, MemoryView& v, char const* p, int dim, char format) {
    if (dim == v.dims) return unpack_item(t, p, format);
    Ref<List> list = TRY(make_list(t, std::size_t(v.shape()[dim])));
    for (std::int64_t i = 0; i < v.shape()[dim]; ++i) {
        CHECK(list_append(t, Borrowed<List>(list), TRY(list_from_dim(t, v, p + i * v.strides()[dim], dim + 1, format))));
    }
    return list;
}

Result<Ref<>> tolist(Thread& py, Self self) {
    USE(self);
    return list_from_dim(py, *self.get(), self->data, 0, TRY(item_format(py, *self.get())));
}

Result<Ref<Bytes>> tobytes(Python& py, Self self, Optional<> order) {
    USE(self);
    MemoryView& v = *self.get();
    bool fortran = false;
    if (order && !order.value().is_null() && order.value() != kNone) {
        if (!is<Str>(*order)) return raise(py, exc::TypeError, "tobytes() argument 'order' must be str or None, not {}", TypeName{order.value()});
        Str const& s = *as<Str>(*order).get();
        if (equal(s, "F")) fortran = true;
        else if (equal(s, "A")) fortran = v.f_contiguous && !v.c_contiguous;
        else if (!equal(s, "C")) return raise(py, exc::ValueError, "order must be 'C', 'F' or 'A'");
    }
    if (!fortran || v.dims < 2) return octets_of_view(py, v);
    Ref<Bytes> out = TRY(make_bytes_uninitialized(py, v.size));
    char* to = out->size > 0 ? out->data : nullptr;
    std::int64_t index[kMaxBufferDims] = {};
    for (std::size_t done = 0; done < v.size; done += v.item_size) {
        char const* p = v.data;
        for (int i = 0; i < v.dims; ++i) p += index[i] * v.strides()[i];
        copy_shared(to + done, p, v.item_size);
        for (int d = 0; d < v.dims && ++index[d] == v.shape()[d]; ++d) index[d] = 0;
    }
    return out;
}

Result<Ref<Str>> hex(Python& py, Self self, Optional<> sep, Index group) {
    USE(self);
    Ref<Bytes> octets = TRY(octets_of_view(py, *self.get()));
    return bytes_methods::hex_of(py, octets->view(), sep, group);
}

Result<void> release(Thread& t, Self self) {
    std::int64_t none_used = 0;
    if (!self->uses.compare_exchange_strong(none_used, MemoryView::kReleased, std::memory_order_acq_rel)) {
        if (none_used < 0) return {};
        return raise(t, exc::BufferError, "memoryview has {} exported buffer{}", none_used, none_used == 1 ? "" : "s");
    }
    if (self->base->users.fetch_sub(1, std::memory_order_acq_rel) == 1) self->base->buffer.release();
    return {};
}

Result<Ref<>> enter(Thread& py, Self self) {
    USE(self);
    return self.share();
}
Result<void> exit(Thread& t, Self self, Args) { return release(t, self); }

Result<Ref<>> cast(Python& py, Self self, Borrowed<Str> format, OrNone<Any> shape) {
    USE(self);
    MemoryView& v = *self.get();
    if (!v.c_contiguous) return raise(py, exc::TypeError, "memoryview: casts are restricted to C-contiguous views");
    if ((shape || v.dims != 1) && v.size == 0 && v.dims > 0) {
        for (int i = 0; i < v.dims; ++i)
            if (v.shape()[i] == 0) return raise(py, exc::TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    }
    std::vector<std::int64_t> sizes;
    if (shape) {
        if (!is<List>(*shape) && !is<Tuple>(*shape)) return raise(py, exc::TypeError, "shape must be a list or a tuple");
        Ref<Tuple> numbers = TRY(tuple_from(py, *shape));
        if (numbers->size > std::size_t(kMaxBufferDims)) {
            return raise(py, exc::ValueError, "memoryview: number of dimensions must not exceed {}", kMaxBufferDims);
        }
        if (v.dims != 1 && numbers->size != 1) return raise(py, exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
        for (Value n : numbers->items()) {
            if (!is_any_int(n)) return raise(py, exc::TypeError, "memoryview.cast(): elements of shape must be integers");
            std::int64_t size = TRY(to_int64(py, Borrowed<>(n), nullptr));
            if (size <= 0) return raise(py, exc::ValueError, "memoryview.cast(): elements of shape must be integers > 0");
            sizes.push_back(size);
        }
    }
    std::string_view wanted = TRY(utf8_of(py, format));
    char from = simple_format(v.format), to = wanted.size() <= 2 ? simple_format(std::string(wanted).c_str()) : 0;
    if (!to) {
        return raise(py, exc::ValueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'");
    }
    auto is_byte = [](char f) { return f == 'b' || f == 'B' || f == 'c'; };
    if (!is_byte(from) && !is_byte(to)) {
        return raise(py, exc::TypeError, "memoryview: cannot cast between two non-byte formats");
    }
    std::size_t item = format_size(to);
    if (v.size % item != 0) return raise(py, exc::TypeError, "memoryview: length is not a multiple of itemsize");
    if (!shape) {
        sizes.push_back(std::int64_t(v.size / item));
    } else {
        auto total = std::int64_t(item);
        for (std::int64_t n : sizes) {
            if (__builtin_mul_overflow(total, n, &total)) return raise(py, exc::ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        }
        if (std::size_t(total) != v.size) return raise(py, exc::TypeError, "memoryview: product(shape) * itemsize != buffer size");
    }
    Ref<MemoryView> out = TRY(allocate_view(py, v.base.share(), int(sizes.size())));
    out->data = v.data;
    out->size = v.size;
    out->item_size = item;
    out->readonly = v.readonly;
    std::memcpy(out->own_format, wanted.data(), wanted.size());
    out->format = out->own_format;
    std::copy(sizes.begin(), sizes.end(), out->numbers);
    set_c_strides(*out);
    find_contiguity(*out);
    return out;
}

Result<Ref<>> toreadonly(Thread& py, Self self) {
    USE(self);
    Ref<MemoryView> out = TRY(copy_view(py, *self.get()));
    out->readonly = true;
    return out;
}

Result<std::int64_t> count(Python& py, Self self, Borrowed<> value) {
    USE(self);
    Ref<> items = TRY(tolist(py, self));
    std::int64_t n = 0;
    CHECK(for_each(py, items, [&](Ref<> item) -> Result<void> {
        n += TRY(equal(py, item, value));
        return {};
    }));
    return n;
}

Result<std::int64_t> index(Python& py, Self self, Borrowed<> value, Index start, Index stop) {
    USE(self);
    if (self->dims == 0) return raise(py, exc::TypeError, "invalid lookup on 0-dim memory");
    if (self->dims > 1) return raise(py, exc::NotImplementedError, "multi-dimensional lookup is not implemented");
    char format = TRY(item_format(py, *self.get()));
    text::Range r = text::clamp_range(start, stop, std::size_t(self->shape()[0]));
    for (std::size_t i = r.begin; i < r.end; ++i) {
        Ref<> item = TRY(unpack_item(py, self->data + std::int64_t(i) * self->strides()[0], format));
        if (TRY(equal(py, item, value))) return std::int64_t(i);
    }
    return raise(py, exc::ValueError, "memoryview.index(x): x not found");
}

Result<bool> equal_views(Python& py, MemoryView& a, MemoryView& b) {
    if (a.dims != b.dims) return false;
    for (int i = 0; i < a.dims; ++i)
        if (a.shape()[i] != b.shape()[i]) return false;
    char f = simple_format(a.format), g = simple_format(b.format);
    if (!f || !g) return false;
    bool bitwise = f == g && std::string_view("bBchHiIlLqQnNP").find(f) != std::string_view::npos;
    Ref<Bytes> x = TRY(octets_of_view(py, a)), y = TRY(octets_of_view(py, b));
    if (bitwise) return x->view() == y->view();
    for (std::size_t i = 0; i < x->size / a.item_size; ++i) {
        Ref<> p = TRY(unpack_item(py, x->data + i * a.item_size, f)), q = TRY(unpack_item(py, y->data + i * b.item_size, g));
        // A NaN differs from itself here, identity or not.
        if (p.value() == q.value() && is_any_float(p.value()) && float_number(p.value()) != float_number(p.value())) return false;
        if (!TRY(equal(py, p, q))) return false;
    }
    return true;
}

Result<Ref<>> compare_to(Python& py, Self self, Borrowed<> other, Compare op) {
    if (op != Compare::eq && op != Compare::ne) return Ref<>::immediate(kNotImplemented);
    auto answer = [&](bool same) { return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq))); };
    Use use(*self.get());
    if (!use) return answer(self.value() == other.value());
    if (is<MemoryView>(other) && as<MemoryView>(other)->is_released()) return answer(self.value() == other.value());
    Result<Ref<MemoryView>> claimed = make_memoryview(py, other);
    if (claimed.raised()) {
        clear_raised(py);
        return Ref<>::immediate(kNotImplemented);
    }
    Ref<MemoryView> view = std::move(claimed).take();
    return answer(TRY(equal_views(py, *self.get(), *view)));
}

Result<std::int64_t> hash_view(Python& py, Self self) {
    std::int64_t known = self->cached_hash.load(std::memory_order_relaxed);
    if (known != -1) return known;
    USE(self);
    if (!self->readonly) return raise(py, exc::ValueError, "cannot hash writable memoryview object");
    char f = simple_format(self->format);
    if (f != 'B' && f != 'b' && f != 'c') {
        return raise(py, exc::ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
    }
    // The exporter has to be hashable too.
    if (self->base->buffer.exporter) (void)TRY(hash_value(py, *self->base->buffer.exporter));
    Ref<Bytes> octets = TRY(octets_of_view(py, *self.get()));
    std::int64_t h = hash_of(*octets);
    self->cached_hash.store(h, std::memory_order_relaxed);
    return h;
}

Result<Ref<>> to_repr(Thread& t, Self self) {
    char text[64];
    std::snprintf(text, sizeof text, "<%smemory at %p>", self->is_released() ? "released " : "", static_cast<void*>(self.get()));
    return TRY(make_str(t, std::string_view(text)));
}

// ---- attributes
template <class F> Value attribute(Python& py, Value self, F&& f) {
    MemoryView& v = *static_cast<MemoryView*>(self.pointer());
    Use use(v);
    if (!use) {
        (void)released_error(py);
        return Value{};
    }
    return f(v);
}
Value numbers_tuple(Thread& t, std::int64_t const* numbers, int n) {
    Result<Ref<Tuple>> made = make_tuple_uninitialized(t, std::size_t(n));
    if (made.raised()) return Value{};
    Ref<Tuple> tuple = std::move(made).take();
    for (int i = 0; i < n; ++i) tuple->slots[i] = make_int(t, numbers[i]).release();
    return tuple.release();
}
Value get_obj(Python& py, Value self) {
    return attribute(py, self, [](MemoryView& v) { return v.base->buffer.exporter ? (*v.base->buffer.exporter).share().release() : kNone; });
}
Value get_nbytes(Python& py, Value self) { return attribute(py, self, [&](MemoryView& v) { return make_int(py, std::int64_t(v.size)).release(); }); }
Value get_readonly(Python& py, Value self) { return attribute(py, self, [](MemoryView& v) { return Value::of_bool(v.readonly); }); }
Value get_itemsize(Python& py, Value self) { return attribute(py, self, [](MemoryView& v) { return Value::of_int(std::int64_t(v.item_size)); }); }
Value get_format(Python& py, Value self) { return attribute(py, self, [&](MemoryView& v) { return make_str(py, std::string_view(v.format)).release(); }); }
Value get_ndim(Python& py, Value self) { return attribute(py, self, [](MemoryView& v) { return Value::of_int(v.dims); }); }
Value get_shape(Python& py, Value self) { return attribute(py, self, [&](MemoryView& v) { return numbers_tuple(py, v.shape(), v.dims); }); }
Value get_strides(Python& py, Value self) { return attribute(py, self, [&](MemoryView& v) { return numbers_tuple(py, v.strides(), v.dims); }); }
Value get_suboffsets(Python& py, Value self) { return attribute(py, self, [&](MemoryView&) { return numbers_tuple(py, nullptr, 0); }); }
Value get_c(Python& py, Value self) { return attribute(py, self, [](MemoryView& v) { return Value::of_bool(v.c_contiguous); }); }
Value get_f(Python& py, Value self) { return attribute(py, self, [](MemoryView& v) { return Value::of_bool(v.f_contiguous); }); }
Value get_contiguous(Python& py, Value self) {
    return attribute(py, self, [](MemoryView& v) { return Value::of_bool(v.c_contiguous || v.f_contiguous); });
}

// ---- as an exporter itself
Result<void> give_buffer(Python& py, Object* self, Buffer& out, int flags) {
    auto& v = *static_cast<MemoryView*>(self);
    using namespace buffer_flag;
    if (!v.try_use()) return released_error(py);
    char const* complaint = nullptr;
    if ((flags & writable) && v.readonly) complaint = "memoryview: underlying buffer is not writable";
    else if ((flags & c_contiguous) == c_contiguous && !v.c_contiguous) complaint = "memoryview: underlying buffer is not C-contiguous";
    else if ((flags & f_contiguous) == f_contiguous && !v.f_contiguous) complaint = "memoryview: underlying buffer is not Fortran contiguous";
    else if ((flags & any_contiguous) == any_contiguous && !v.c_contiguous && !v.f_contiguous) complaint = "memoryview: underlying buffer is not contiguous";
    else if ((flags & strides) != strides && !v.c_contiguous) complaint = "memoryview: underlying buffer is not C-contiguous";
    if (complaint) {
        v.end_use();
        return raise(py, exc::BufferError, "{}", complaint);
    }
    out = layout_of(v);
    if ((flags & strides) == strides) out.strides = v.strides();
    return {};
}
void take_buffer(Object* self, Buffer&) { static_cast<MemoryView*>(self)->end_use(); }
constexpr BufferHooks buffer_hooks{give_buffer, take_buffer};

// Yields item by item; the position is shared by all threads that use the iterator.
Result<Ref<>> iterate(Python& py, Self self) {
    {
        USE(self);
        if (self->dims == 0) return raise(py, exc::TypeError, "invalid indexing of 0-dim memory");
        if (self->dims > 1) return raise(py, exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    }
    Ref<> items = TRY(tolist(py, self));
    return get_iterator(py, items);
}

Result<Ref<>> from_flags(Python& py, Borrowed<>, Borrowed<> object, int flags) { return TRY(make_memoryview(py, object, flags)); }
Result<void> release_buffer(Thread& t, Self, Self buffer) { return release(t, buffer); }

constexpr MethodDef methods[] = {
    def<release>("release", "", "Give the memory back; the view is of no use afterwards."),
    def<tobytes>("tobytes", "order='C'", "The octets as bytes, in C or Fortran order."),
    def<hex>("hex", "sep=<unrepresentable>, bytes_per_sep=1", "The octets as hexadecimal digits."),
    def<tolist>("tolist", "", "The items as a list, nested for several dimensions."),
    def<cast>("cast", "format, shape=None", "The same memory in another format or shape."),
    def<toreadonly>("toreadonly", "", "A view of the same memory that cannot be written through."),
    def<count>("count", "value, /", "How many items equal the value."),
    def<oro::index>("index", "value, start=0, stop=sys.maxsize, /", "The index of the first item that equals the value."),
    def<enter>("__enter__", "", "The view itself."),
    def<oro::exit>("__exit__", "*exc_info", "Release the view."),
    def<native_buffer>("__buffer__", "flags, /", "A memoryview of the memory."),
    def<release_buffer>("__release_buffer__", "buffer, /", "Release a view that __buffer__ gave."),
    class_def<from_flags>("_from_flags", "object, flags", "A view asked for with these flags."),
};
constexpr GetSetDef getsets[] = {
    {"obj", get_obj, nullptr, "The object whose memory this is."},
    {"nbytes", get_nbytes, nullptr, "The size of all items in octets."},
    {"readonly", get_readonly, nullptr, "Whether the memory cannot be written."},
    {"itemsize", get_itemsize, nullptr, "The size of an item in octets."},
    {"format", get_format, nullptr, "The format of an item, as struct has it."},
    {"ndim", get_ndim, nullptr, "The number of dimensions."},
    {"shape", get_shape, nullptr, "The number of items along each dimension."},
    {"strides", get_strides, nullptr, "The distance between items along each dimension, in octets."},
    {"suboffsets", get_suboffsets, nullptr, "Always empty."},
    {"c_contiguous", get_c, nullptr, "Whether the items stand in C order without gaps."},
    {"f_contiguous", get_f, nullptr, "Whether the items stand in Fortran order without gaps."},
    {"contiguous", get_contiguous, nullptr, "Whether the items stand without gaps."},
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, to_repr>, slot<Dunder::hash, hash_view>, ORO_COMPARE_SLOTS(compare_to), slot<Dunder::iter, iterate>,
    slot<Dunder::len, length_of>, slot<Dunder::getitem, get_at>, slot<Dunder::setitem, set_at>, slot<Dunder::delitem, delete_at>,
};
constexpr TypeDef memoryview_def{
    .name = "memoryview",
    .doc = "A window on the memory of an object that has the buffer protocol.",
    .signature = "object",
    .size = sizeof(MemoryView),
    .flags = type_flag::sequence | type_flag::has_weakrefs,
    .hooks = hooks_of<MemoryView>(),
    .new_ = new_thunk,
    .buffer = &buffer_hooks,
    .methods = methods,
    .slots = slots,
    .getsets = getsets,
};
constexpr TypeDef managed_buffer_def{.name = "managedbuffer", .size = sizeof(ManagedBuffer), .flags = type_flag::disallow_new,
                                     .hooks = hooks_of<ManagedBuffer>()};

}  // namespace

ORO_TYPE(memoryview_type, memoryview_def);
ORO_TYPE(managed_buffer_type, managed_buffer_def);
Type& MemoryView::type() { return memoryview_type; }
Type& ManagedBuffer::type() { return managed_buffer_type; }

Result<Ref<MemoryView>> make_memoryview(Python& py, Borrowed<> object, int flags) {
    if (is<MemoryView>(object)) {
        Self self = as<MemoryView>(object);
        USE(self);
        return copy_view(py, *self.get());
    }
    if (!has_buffer(py, object)) {
        return raise(py, exc::TypeError, "memoryview: a bytes-like object is required, not '{}'", TypeName{object.value()});
    }
    Buffer buffer = TRY(get_buffer(py, object, flags));
    return view_of_buffer(py, std::move(buffer));
}

Result<Ref<>> native_buffer(Python& py, Borrowed<> self, int flags) {
    Buffer buffer = TRY(get_buffer(py, self, flags));
    return TRY(view_of_buffer(py, std::move(buffer)));
}

}  // namespace oro
