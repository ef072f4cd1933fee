# What `cmake --install` puts where, and the Debian package (`cpack -G DEB` in the build's folder). Included last.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# whatever umask the sources were checked out under
set(everybody OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(programs wiregrade wiregrade-target wiregrade-board)
install(TARGETS ${programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# found from there: lib/base/installed.c
install(TARGETS wiregrade-init wiregrade-sender RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wiregrade)
install(DIRECTORY challenges DESTINATION ${CMAKE_INSTALL_DATADIR}/wiregrade
  PATTERN *.py PERMISSIONS ${everybody}
  PATTERN *.sh PERMISSIONS ${everybody})
install(FILES packaging/postgresql.sql DESTINATION ${CMAKE_INSTALL_DATADIR}/wiregrade)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
# where systemd looks below /usr and /usr/local; not the libraries' folder, which has a machine's name in it
install(FILES packaging/wiregrade-serve@.service packaging/wiregrade-target@.service packaging/wiregrade-ship@.service
  DESTINATION lib/systemd/system)

# manual pages and completions, from the programs' own --help
set(pages ${CMAKE_BINARY_DIR}/pages)
foreach(program ${programs})
  list(APPEND made ${pages}/${program}.1.gz ${pages}/${program}.bash)
  list(APPEND files $<TARGET_FILE:${program}>)
  install(FILES ${pages}/${program}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${pages}/${program}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
endforeach()
add_custom_command(OUTPUT ${made}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/packaging/pages ${pages} ${PROJECT_VERSION}
          "${CMAKE_CROSSCOMPILING_EMULATOR}" ${files}
  DEPENDS ${PROJECT_SOURCE_DIR}/packaging/pages ${programs}
  VERBATIM)
add_custom_target(manual ALL DEPENDS ${made})

# what only a Debian package has; "..": its prefix is /usr
set(debian ${CMAKE_BINARY_DIR}/debian)
add_custom_command(OUTPUT ${debian}/changelog.gz
  COMMAND ${CMAKE_COMMAND} -E make_directory ${debian}
  COMMAND sh -c "gzip -9nc '${PROJECT_SOURCE_DIR}/packaging/debian/changelog' > '${debian}/changelog.gz'"
  DEPENDS ${PROJECT_SOURCE_DIR}/packaging/debian/changelog
  VERBATIM)
add_custom_target(debian_changelog ALL DEPENDS ${debian}/changelog.gz)
install(FILES packaging/debian/copyright ${debian}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packaging/wiregrade.logrotate DESTINATION ../etc/logrotate.d RENAME wiregrade
  COMPONENT debian EXCLUDE_FROM_ALL)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};wiregrade;ALL;/;${CMAKE_BINARY_DIR};wiregrade;debian;/")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "grades what students put on the wire")
set(CPACK_PACKAGE_DESCRIPTION
  "For courses on sockets and packet crafting: targets wait for a message or a
hand-made packet, judge every header field and hand out a flag that belongs
to one student; a grader verifies the flags and posts scores to CTFd.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/folders.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION education)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Wiregrade authors <wiregrade@example.org>")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# the range is bubblewrap's, and the course's solvers are Python's
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, bubblewrap, python3")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "iproute2, logrotate, netcat-openbsd, tcpdump")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "gcc, libc6-dev, libcap2-bin, nmap, python3-scapy")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/debian/${script})
endforeach()
include(CPack)
