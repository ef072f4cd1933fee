# The course itself, and one of the shape that a real assessment has. 77 means that a tool or a right is missing here.
add_test(NAME e2e.course.keeps_its_promises COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/course.py)
