#include "object/buffer.h"

#include "base/shared_bytes.h"
#include "object/memoryview.h"

namespace oro {

namespace {

BufferHooks const* hooks_for(Type& type) {
    for (Type* k = &type; k; k = k->base)
        if (k->def && k->def->buffer) return k->def->buffer;
    return nullptr;
}

// Whether a class made in Python defines __buffer__ itself, in front of any native type that has one.
bool overrides_buffer(Thread& t, Type& type) {
    if (!type.has(type_flag::heap)) return false;
    Maybe<> found = type_lookup(t, type, name::dunder_buffer());
    return found && !(is<Native>(found.value()) || &type_of(found.value()) == &method_descriptor_type);
}

Result<Buffer> buffer_of_python(Python& py, Borrowed<> v, int flags) {
    Ref<> request = TRY(make_int(py, flags));
    Value words[] = {request.value(), Value{}};
    Maybe<> made = TRY(call_special(py, v, name::dunder_buffer(), std::span<Value const>(words, 1)));
    if (!made || !is<MemoryView>(*made)) {
        return raise(py, exc::TypeError, "__buffer__ returned non-memoryview object");
    }
    Buffer inner = TRY(get_buffer(py, *made, flags));
    inner.view = std::move(inner.exporter);   // the memoryview itself stays claimed through `view`
    inner.exporter = v.share();
    return inner;
}

// Offers `buffer` to a Python __release_buffer__.
void release_to_python(Python& py, Borrowed<> exporter, Borrowed<> view) {
    Maybe<> pending = take_raised(py);
    Value words[] = {view.value(), Value{}};
    if (call_special(py, exporter, name::dunder_release_buffer(), std::span<Value const>(words, 1)).raised()) {
        write_unraisable(py, "Exception ignored in __release_buffer__ of ", Optional<>(exporter));
    }
    if (pending) restore_raised(py, std::move(pending).take());
}

}  // namespace

bool has_buffer(Thread& t, Borrowed<> v) {
    if (!v.value().is_pointer()) return false;
    return hooks_for(type_of(v)) || overrides_buffer(t, type_of(v));
}

Result<Buffer> get_buffer(Python& py, Borrowed<> v, int flags) {
    if (v.value().is_pointer()) {
        Type& type = type_of(v);
        if (overrides_buffer(py, type)) return buffer_of_python(py, v, flags);
        if (BufferHooks const* hooks = hooks_for(type)) {
            Buffer out;
            CHECK(hooks->get(py, static_cast<Object*>(v.value().pointer()), out, flags));
            out.exporter = v.share();
            return out;
        }
    }
    return raise(py, exc::TypeError, "a bytes-like object is required, not '{}'", TypeName{v.value()});
}

void Buffer::release() {
    Maybe<> owner = std::move(exporter);
    if (view) {
        // Claimed through a memoryview that Python code returned: that claim ends first.
        Maybe<> through = std::move(view);
        if (BufferHooks const* hooks = hooks_for(type_of(through.value())); hooks && hooks->release) {
            hooks->release(static_cast<Object*>(through.value().pointer()), *this);
        }
        Python& py = current_python();
        if (py.sections == 0) release_to_python(py, *owner, *through);
        return;
    }
    BufferHooks const* hooks = hooks_for(type_of(owner.value()));
    if (hooks && hooks->release) hooks->release(static_cast<Object*>(owner.value().pointer()), *this);
}

void copy_buffer(Buffer const& b, char* to) {
    if (!b.strides || b.dims == 0) {
        copy_shared(to, b.data, b.size);
        return;
    }
    // Over all dimensions but the last, then item by item.
    std::int64_t index[kMaxBufferDims] = {};
    for (int i = 0; i < b.dims; ++i)
        if (b.shape_at(i) == 0) return;
    for (;;) {
        char const* row = b.data;
        for (int i = 0; i < b.dims - 1; ++i) row += index[i] * b.strides[i];
        std::int64_t n = b.shape_at(b.dims - 1), stride = b.strides[b.dims - 1];
        if (stride == std::int64_t(b.item_size)) {
            copy_shared(to, row, std::size_t(n) * b.item_size);
            to += std::size_t(n) * b.item_size;
        } else {
            for (std::int64_t i = 0; i < n; ++i, to += b.item_size) copy_shared(to, row + i * stride, b.item_size);
        }
        int d = b.dims - 2;
        while (d >= 0 && ++index[d] == b.shape_at(d)) index[d--] = 0;
        if (d < 0) return;
    }
}

}  // namespace oro
