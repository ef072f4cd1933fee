# The course itself, and one of the shape that a real assessment has. 77 means that a tool or a right is missing here.
add_test(NAME e2e.course.keeps_its_promises COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/course.py)
foreach(case verifies is_played captures)
  add_test(NAME e2e.course.real_shape_${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/real_shape.py $<TARGET_FILE_DIR:wiregrade> ${case})
  set_tests_properties(e2e.course.real_shape_${case} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
