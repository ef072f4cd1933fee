# layer(NAME SRC… [USES layer…] [LIBS pkg-config-name…]): a static library wg_NAME. Headers are
# included as "NAME/file.h"; which folder may include which is checked by ci/check_layers.
function(layer NAME)
  cmake_parse_arguments(L "" "" "SRC;USES;LIBS" ${ARGN})
  add_library(wg_${NAME} STATIC ${L_SRC})
  target_include_directories(wg_${NAME} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  list(TRANSFORM L_USES PREPEND wg_)
  target_link_libraries(wg_${NAME} PUBLIC ${L_USES})
  foreach(lib ${L_LIBS})
    pkg_check_modules(${lib} REQUIRED IMPORTED_TARGET ${lib})
    target_link_libraries(wg_${NAME} PUBLIC PkgConfig::${lib})
  endforeach()
endfunction()

# unit(NAME SRC…): tests/unit/NAME as one executable, linked with that layer alone and whole, so that a
# call to a layer above fails to link. Each CUnit case becomes a ctest row; no case is a build error.
function(unit NAME)
  unit_program(${NAME} ${ARGN})
  unit_rows(${NAME} "")
endfunction()

# unit_postgres(NAME [SRC…]): the same, with stores in PostgreSQL (support/place.h); without SRC the cases of unit(NAME) once more.
function(unit_postgres NAME)
  if(ARGN)
    unit_program(${NAME} ${ARGN})
  endif()
  target_link_libraries(unit_${NAME} PRIVATE wg_place)
  unit_rows(${NAME} _postgres --postgres=${postgres_file})
endfunction()

function(unit_program NAME)
  add_executable(unit_${NAME} ${ARGN})
  target_link_libraries(unit_${NAME} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,wg_${NAME}>" wg_unit)
endfunction()

function(unit_rows NAME END)
  set(rows ${CMAKE_CURRENT_BINARY_DIR}/unit_${NAME}${END}_tests.cmake)
  add_custom_command(TARGET unit_${NAME} POST_BUILD
    COMMAND ${PROJECT_SOURCE_DIR}/cmake/unit_rows ${ARGN} ${NAME} ${rows} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:unit_${NAME}>
    VERBATIM)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${rows})
endfunction()
