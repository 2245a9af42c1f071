#!/usr/bin/env bash
# 考核：给经办人用的菜单（Linux 桌面）。双击运行，按提示选择文件夹即可。
# A menu for who has only a desktop: it asks for the folder, runs kaohe, and opens what came of it. With zenity it asks in
# windows, else on the terminal. KAOHE names the program, if it does not lie beside this file; KAOHE_OPEN what opens a folder.
set -u
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
kaohe="${KAOHE:-$here/kaohe}"
window=""
[ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || window="$(command -v zenity || true)"

say() { # 一段话
  if [ -n "$window" ]; then "$window" --info --no-wrap --title=考核 --text="$1" 2>/dev/null; else printf '%s\n' "$1"; fi
}

ask() { # 问题 默认值 → 标准输出；不答则为默认值
  local answer
  printf '%s' "$1" >&2
  [ -z "$2" ] || printf '（直接按回车：%s）' "$2" >&2
  printf '\n> ' >&2
  IFS= read -r answer || exit 0
  # 把文件夹拖进终端时，路径外面会带引号。
  answer="${answer#"${answer%%[![:space:]]*}"}"
  answer="${answer%"${answer##*[![:space:]]}"}"
  answer="${answer#[\'\"]}"
  answer="${answer%[\'\"]}"
  printf '%s' "${answer:-$2}"
}

folder() { # 问题 默认值
  if [ -n "$window" ]; then "$window" --file-selection --directory --title="$1" ${2:+--filename="$2/"} 2>/dev/null; else ask "$1" "$2"; fi
}

day() { # 问题 默认值
  if [ -n "$window" ]; then "$window" --entry --title=考核 --text="$1" --entry-text="$2" 2>/dev/null; else ask "$1" "$2"; fi
}

open_folder() {
  local opener=xdg-open
  command -v "$opener" >/dev/null || opener=open # macOS
  opener="${KAOHE_OPEN:-$opener}"
  if [ -e "$1" ] && command -v "$opener" >/dev/null; then "$opener" "$1" >/dev/null 2>&1 & fi
}

ended() { # 退出码 成功时打开什么
  case "$1" in
    0) say "已完成。" ;;
    3) say "已完成，但有的数据没有用上：请看结果中的 数据问题清单.xlsx，把 退回单 里的工作簿发回原单位更正后再运行一次。" ;;
    *)
      # Asked in windows, there is no terminal to look at.
      local where="见上面的说明（也记在 $log 里）"
      [ -z "$window" ] || where="记在 $log 里"
      say "没有完成，什么都没有改动。原因和办法$where。"
      ;;
  esac
  case "$1" in
    0 | 3)
      remember
      open_folder "$2"
      ;;
    2) rmdir "$output" 2>/dev/null ;; # The wrong folder, and a new one.
  esac
}

# The same folder every year: the archive lies in it. A slip of the pen is not kept.
last="$here/.上次的结果文件夹"
remember() {
  printf '%s\n' "$output" 2>/dev/null >"$last" || true
}

[ -x "$kaohe" ] || { say "找不到程序 $kaohe：请把本文件和 kaohe 放在同一个文件夹里。"; exit 1; }

if [ -n "$window" ]; then
  choice="$("$window" --list --title=考核 --text=要做什么？ --column=序号 --column=事项 --hide-column=1 \
    1 "检查报送的工作簿" 2 "半年考核" 3 "年度考核" 4 "收回委员会意见" 5 "导出台账" 2>/dev/null)" || exit 0
else
  choice="$(ask "要做什么？1 检查　2 半年　3 年度　4 收回意见　5 导出台账" "")"
fi
case "$choice" in 1 | 2 | 3 | 4 | 5) ;; *) exit 0 ;; esac

if [ "$choice" -le 3 ]; then
  input="$(folder "各单位报送的工作簿放在哪个文件夹？" "")"
  [ -d "$input" ] || { say "没有这个文件夹：$input"; exit 1; }
  usual="$(dirname "$(cd "$input" && pwd)")/结果"
else
  usual="$PWD/结果"
fi
[ ! -r "$last" ] || usual="$(cat "$last")"
output="$(folder "结果放在哪个文件夹？（每年用同一个，不要放在报送文件夹里面）" "$usual")"
[ -n "$output" ] || exit 0
mkdir -p "$output" && output="$(cd "$output" && pwd)" || exit 1
# That folder holds runs and the archive; everything else lies beside it.
log="$output-运行记录.txt"

case "$choice" in
  1)
    "$kaohe" check "$input" --output "$output-检查" --log "$log"
    code=$?
    ended "$code" "$output-检查"
    # What failed it stands in 数据问题清单 too.
    [ "$code" != 1 ] || open_folder "$output-检查"
    ;;
  2) "$kaohe" half-year "$input" --output "$output" --log "$log"; ended $? "$output" ;;
  3) "$kaohe" annual "$input" --output "$output" --log "$log"; ended $? "$output" ;;
  4)
    returned="$(folder "委员会填好的名单放在哪个文件夹？" "$output-收回")"
    [ -d "$returned" ] || { say "没有这个文件夹：$returned"; exit 1; }
    books=()
    # 会审一览 lies beside the lists under 报审 and is read, not filled in.
    while IFS= read -r -d '' book; do books+=("$book"); done < <(
      find "$returned" -type f ! -name '.*' ! -name '~$*' ! -name '会审一览*' \
        \( -iname '*.xlsx' -o -iname '*.xlsm' -o -iname '*.xlsb' -o -iname '*.xls' -o -iname '*.ods' -o -iname '*.et' \) -print0 | sort -z)
    [ "${#books[@]}" -gt 0 ] || { say "$returned 里没有工作簿。"; exit 1; }
    said="$("$kaohe" record "${books[@]}" --archive "$output/档案.db" --log "$log" 2>&1)"
    code=$?
    printf '%s\n' "$said" >&2
    if [ "$code" = 0 ]; then
      remember
      # How many answers there were, and whether any, is what is to be looked at.
      say "${window:+$said$'\n'}收回了多少，见上面的数目。再运行一次半年或年度考核，收回的意见就填进新的名单里。"
    else
      ended "$code" "$output"
    fi
    exit "$code"
    ;;
  5)
    as_of="$(day "台账截至哪一天？" "$(date +%Y-%m-%d)")"
    [ -n "$as_of" ] || exit 0
    # Filled in from the templates, and laid beside this file.
    set -- --as-of "$as_of"
    [ ! -f "$here/节假日.xlsx" ] || set -- "$@" --holidays "$here/节假日.xlsx"
    said="$("$kaohe" archive export "$output-台账.xlsx" --archive "$output/档案.db" "$@" 2>&1)"
    code=$?
    printf '%s\n' "$said" | tee -a "$log" >&2
    ended "$code" "$output-台账.xlsx"
    ;;
esac
