# SPDX-License-Identifier: MIT
# Prints a page with the file `table` put between its marks.
/<!-- end of results -->/ { inside = 0 }
!inside
/<!-- results -->/ { inside = 1; while ((getline line < table) > 0) print line }
