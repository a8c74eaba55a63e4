# Libraries that few programs need are not linked, but loaded when the first of their functions is called: start-up then
# neither maps nor relocates them.
#
# cmake/lazy/LIBRARY.txt names the functions that we call; one that is missing there is an undefined symbol when orochi is
# linked. For each there is a stub, which jumps to the function, or, the first time, to oro_lazy_resolve in
# src/platform/lazy_library.cpp. Only functions can be had this way, no variables. Other processors link the library as usual.
#
# oro_lazy_library(LIBRARY PATH) appends to ORO_LAZY_OBJECTS what is to be linked instead.
set(ORO_LAZY_OBJECTS "")

function(oro_lazy_library library path)
  set(list ${CMAKE_SOURCE_DIR}/cmake/lazy/${library}.txt)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  get_filename_component(real ${path} REALPATH)
  execute_process(COMMAND objdump -p ${real} OUTPUT_VARIABLE headers)
  if(NOT headers MATCHES "SONAME +([^ \n]+)")
    message(FATAL_ERROR "${real} says no SONAME")
  endif()
  set(soname ${CMAKE_MATCH_1})
  file(STRINGS ${list} names REGEX "^[A-Za-z_]")
  set(stubs "")
  set(slots "")
  set(pointers "")
  set(texts "")
  set(i 0)
  foreach(name IN LISTS names)
    string(APPEND stubs ".globl ${name}\n.hidden ${name}\n.type ${name}, @function\n${name}:\n  jmp *slot${i}(%rip)\nfirst${i}:\n"
           "  pushq $${i}\n  jmp resolve\n")
    string(APPEND slots "slot${i}: .quad first${i}\n")
    string(APPEND pointers ".quad text${i}\n")
    string(APPEND texts "text${i}: .asciz \"${name}\"\n")
    math(EXPR i "${i} + 1")
  endforeach()
  set(assembly ${ORO_GENERATED}/lazy_${library}.S)
  # All argument registers go over the call, and rax, which counts the vector registers of a variadic one.
  file(CONFIGURE OUTPUT ${assembly} @ONLY CONTENT [[
.text
@stubs@
resolve:
  pushq %rax
  pushq %rdi
  pushq %rsi
  pushq %rdx
  pushq %rcx
  pushq %r8
  pushq %r9
  pushq %rbp
  movq %rsp, %rbp
  subq $128, %rsp
  andq $-16, %rsp
  movups %xmm0, (%rsp)
  movups %xmm1, 16(%rsp)
  movups %xmm2, 32(%rsp)
  movups %xmm3, 48(%rsp)
  movups %xmm4, 64(%rsp)
  movups %xmm5, 80(%rsp)
  movups %xmm6, 96(%rsp)
  movups %xmm7, 112(%rsp)
  leaq library(%rip), %rdi
  movq 64(%rbp), %rsi
  call oro_lazy_resolve
  movq %rax, %r11
  movups (%rsp), %xmm0
  movups 16(%rsp), %xmm1
  movups 32(%rsp), %xmm2
  movups 48(%rsp), %xmm3
  movups 64(%rsp), %xmm4
  movups 80(%rsp), %xmm5
  movups 96(%rsp), %xmm6
  movups 112(%rsp), %xmm7
  movq %rbp, %rsp
  popq %rbp
  popq %r9
  popq %r8
  popq %rcx
  popq %rdx
  popq %rsi
  popq %rdi
  popq %rax
  addq $8, %rsp
  jmp *%r11
.section .rodata
file: .asciz "@soname@"
@texts@
.section .data.rel.ro, "aw", @progbits
.balign 8
names:
@pointers@
.data
.balign 8
library: .quad file, 0, slots, names
slots:
@slots@
.section .note.GNU-stack, "", @progbits
]])
  set(object ${ORO_GENERATED}/lazy_${library}.o)
  add_custom_command(OUTPUT ${object} COMMAND ${CMAKE_CXX_COMPILER} -c ${assembly} -o ${object} DEPENDS ${assembly} VERBATIM)
  set(ORO_LAZY_OBJECTS ${ORO_LAZY_OBJECTS} ${object} PARENT_SCOPE)
endfunction()
