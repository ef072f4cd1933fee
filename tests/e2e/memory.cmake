# Each case of memory.py, a part of the allocations; all: memory.py by hand with 1 in place of the number (minutes).
# A sanitizer brings an allocator of its own, which nothing can stand before.
if(NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
  add_library(failing_alloc MODULE ${CMAKE_CURRENT_LIST_DIR}/../support/failing_alloc.c)
  target_link_libraries(failing_alloc PRIVATE ${CMAKE_DL_LIBS})
  foreach(row lint:41 lint_wrong:43 submit:157 outbox:131)
    string(REPLACE ":" ";" pair ${row})
    list(GET pair 0 case)
    list(GET pair 1 every)
    add_test(NAME e2e.memory.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/memory.py $<TARGET_FILE:wiregrade>
      ${PROJECT_SOURCE_DIR}/challenges $<TARGET_FILE:failing_alloc> ${case} ${every})
  endforeach()
endif()
