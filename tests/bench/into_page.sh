# SPDX-License-Identifier: MIT
# into_page TABLE NAME PAGE: puts the table into the page, between the marks of that name (see page.awk). Sourced; wants $here.
into_page() {
  awk -v table="$1" -v name="$2" -f "$here/page.awk" "$3" > "$1.page" && cp "$1.page" "$3" && rm "$1.page" && return
  echo "${0##*/}: cannot write $3" >&2
  return 1
}
