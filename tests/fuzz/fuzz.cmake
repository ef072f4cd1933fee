# fuzz(NAME LAYER…): tests/fuzz/NAME.c with driver.c. In the preset fuzz it is a libFuzzer program; everywhere its
# seeds and what once broke it are a test.
option(WIREGRADE_LIBFUZZER "fuzz targets with libFuzzer (clang)" OFF)
set(fuzz_dir ${CMAKE_CURRENT_LIST_DIR})
add_library(wg_fuzz STATIC ${fuzz_dir}/place.c)
target_include_directories(wg_fuzz PUBLIC ${fuzz_dir})
target_compile_definitions(wg_fuzz PUBLIC FUZZ_COURSE="${PROJECT_SOURCE_DIR}/challenges" FUZZ_CLAUSES="${fuzz_dir}/course")
target_link_libraries(wg_fuzz PUBLIC wg_judge)
add_custom_target(fuzz)

function(fuzz NAME)
  add_executable(fuzz_${NAME} ${fuzz_dir}/${NAME}.c ${fuzz_dir}/driver.c)
  list(TRANSFORM ARGN PREPEND wg_)
  target_link_libraries(fuzz_${NAME} PRIVATE wg_fuzz ${ARGN})
  add_dependencies(fuzz fuzz_${NAME})
  if(WIREGRADE_LIBFUZZER)
    target_compile_definitions(fuzz_${NAME} PRIVATE WIREGRADE_LIBFUZZER)
    target_link_options(fuzz_${NAME} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  file(GLOB kept ${fuzz_dir}/regressions/${NAME})
  add_test(NAME fuzz.${NAME}.seeds COMMAND fuzz_${NAME} ${fuzz_dir}/seeds/${NAME} ${kept})
endfunction()

# ADD A FUZZ TARGET HERE: its name and the layers it calls; NAME.c has fuzz_open and fuzz_once (fuzz.h), and
# seeds/NAME a few good inputs
fuzz(briefing targets)
fuzz(capture pkt)
fuzz(decode pkt)
fuzz(flag flag)
fuzz(journal grader)
fuzz(json json)
fuzz(judge explain)
fuzz(spec spec explain)
