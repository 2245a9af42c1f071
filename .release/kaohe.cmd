@echo off
rem In the repository this file is UTF-8 with LF; the release workflow stores it in GBK with CRLF, as a Chinese Windows
rem reads batch files, and the next line makes every other one read them so. What kaohe.exe writes does not depend on it.
chcp 936 >nul
rem 考核：给经办人用的菜单（Windows）。双击运行，按提示把文件夹拖进窗口即可。
rem A path is always in quotes, in messages too: an ampersand in it would end the command. None is handed on with a
rem backslash at its end, which would hide the quote behind it from the program.
setlocal EnableExtensions DisableDelayedExpansion
title 考核
set "KAOHE=%~dp0kaohe.exe"
rem No path is expanded between brackets: one such as C:\Program Files (x86) would close them.
if exist "%KAOHE%" goto menu
echo 找不到程序 "%KAOHE%"：请把本文件和 kaohe.exe 放在同一个文件夹里。
goto wait

:menu
echo.
echo   1  检查报送的工作簿
echo   2  半年考核
echo   3  年度考核
echo   4  收回委员会意见
echo   5  导出台账
echo   0  退出
echo.
set "CHOICE="
set /p "CHOICE=要做什么？请输入序号后按回车："
if not defined CHOICE goto menu
set "CHOICE=%CHOICE:"=%"
if "%CHOICE%"=="1" goto input
if "%CHOICE%"=="2" goto input
if "%CHOICE%"=="3" goto input
if "%CHOICE%"=="4" goto output
if "%CHOICE%"=="5" goto output
if "%CHOICE%"=="0" exit /b 0
goto menu

:input
echo.
set "INPUT="
set /p "INPUT=请把报送的文件夹拖进本窗口，然后按回车："
if not defined INPUT goto menu
set "INPUT=%INPUT:"=%"
if not defined INPUT goto input
for %%I in ("%INPUT%\.") do set "INPUT=%%~fI"
if "%INPUT:~-1%"=="\" set "INPUT=%INPUT%."
if exist "%INPUT%\*" goto found_input
echo 没有这个文件夹："%INPUT%"
goto input

:found_input
for %%I in ("%INPUT%\..") do set "USUAL=%%~fI\结果"
goto ask_output

:output
set "USUAL=%~dp0结果"

:ask_output
if exist "%~dp0上次的结果文件夹.txt" set /p USUAL=<"%~dp0上次的结果文件夹.txt"
set "USUAL=%USUAL:"=%"
echo.
set "OUTPUT="
echo 结果放在哪个文件夹？（每年用同一个，不要放在报送文件夹里面）
set /p "OUTPUT=直接按回车就用 %USUAL%："
if not defined OUTPUT set "OUTPUT=%USUAL%"
set "OUTPUT=%OUTPUT:"=%"
if not defined OUTPUT goto ask_output
for %%I in ("%OUTPUT%\.") do set "OUTPUT=%%~fI"
if "%OUTPUT:~-1%"=="\" goto whole_drive
if not exist "%OUTPUT%\*" mkdir "%OUTPUT%"
if exist "%OUTPUT%\*" goto found_output
echo 不能建立文件夹："%OUTPUT%"
goto ask_output

:whole_drive
echo 请选盘里的一个文件夹，不要选整个盘："%OUTPUT%"
goto ask_output

:found_output
rem That folder holds runs and the archive; everything else lies beside it.
set "LOG=%OUTPUT%-运行记录.txt"
echo.
if "%CHOICE%"=="1" goto check
if "%CHOICE%"=="2" goto half_year
if "%CHOICE%"=="3" goto annual
if "%CHOICE%"=="4" goto record
goto export

:check
set "RESULT=%OUTPUT%-检查"
"%KAOHE%" check "%INPUT%" --output "%RESULT%" --log "%LOG%"
set "CODE=%ERRORLEVEL%"
rem What failed it stands in 数据问题清单 too.
if "%CODE%"=="1" if exist "%RESULT%\*" start "" "%RESULT%"
goto told

:half_year
set "RESULT=%OUTPUT%"
"%KAOHE%" half-year "%INPUT%" --output "%OUTPUT%" --log "%LOG%"
goto ended

:annual
set "RESULT=%OUTPUT%"
"%KAOHE%" annual "%INPUT%" --output "%OUTPUT%" --log "%LOG%"
goto ended

:record
set "RETURNED="
set /p "RETURNED=请把委员会填好的名单（一个工作簿，或放着它们的文件夹）拖进本窗口，然后按回车："
if not defined RETURNED goto menu
set "RETURNED=%RETURNED:"=%"
if not defined RETURNED goto record
set "BOOKS="
if exist "%RETURNED%\*" goto record_folder
set BOOKS="%RETURNED%"
if exist "%RETURNED%" goto record_books
echo 没有这个工作簿："%RETURNED%"
goto record

:record_folder
rem A line of cmd holds 8,191 characters: the books are named relative to their folder.
rem Each authority's lists bear the same names, so that they lie in folders of their own.
pushd "%RETURNED%"
set "BASE=%CD%"
if not "%BASE:~-1%"=="\" set "BASE=%BASE%\"
for /r %%F in (*) do set "BOOK=%%F"& call :add
if defined BOOKS goto record_books
popd
echo 这个文件夹里没有工作簿："%RETURNED%"
goto record

:add
rem By a variable and not as an argument of call, which would take percent signs and carets in it for its own.
for %%F in ("%BOOK%") do set "NAME=%%~nxF"& set "KIND=%%~xF"
for %%E in (.xlsx .xlsm .xlsb .xls .ods .et) do if /i "%KIND%"=="%%E" goto add_book
exit /b

:add_book
rem What Excel lays beside an open workbook is none; 会审一览 lies beside the lists under 报审 and is read, not filled in.
if "%NAME:~0,2%"=="~$" exit /b
if "%NAME:~0,4%"=="会审一览" exit /b
call set "NAME=%%BOOK:%BASE%=%%"
if not exist "%NAME%" set "NAME=%BOOK%"
set BOOKS=%BOOKS% "%NAME%"
exit /b

:record_books
"%KAOHE%" record %BOOKS% --archive "%OUTPUT%\档案.db" --log "%LOG%"
set "CODE=%ERRORLEVEL%"
popd
echo.
if not "%CODE%"=="0" echo 没有收回，什么都没有改动。请按上面的说明改好后再收。
if not "%CODE%"=="0" goto wait
rem How many answers there were, and whether any, is what is to be looked at.
echo 收回了多少，见上面的数目。再运行一次半年或年度考核，收回的意见就填进新的名单里。
goto remember

:export
set "RESULT=%OUTPUT%-台账.xlsx"
set "DAY="
for /f %%D in ('powershell -NoProfile -Command "Get-Date -Format yyyy-MM-dd"') do set "DAY=%%D"
set /p "DAY=台账截至哪一天？直接按回车就用 %DAY%："
rem Filled in from the templates, and laid beside this file.
set "MORE="
if defined DAY set "MORE=--as-of %DAY%"
if exist "%~dp0节假日.xlsx" set MORE=%MORE% --holidays "%~dp0节假日.xlsx"
"%KAOHE%" archive export "%RESULT%" --archive "%OUTPUT%\档案.db" %MORE%

:ended
set "CODE=%ERRORLEVEL%"

:told
echo.
if "%CODE%"=="0" echo 已完成。
if "%CODE%"=="3" echo 已完成，但有的数据没有用上：请看 数据问题清单.xlsx，把 退回单 里的工作簿发回原单位更正后再运行一次。
if "%CODE%"=="1" echo 没有完成，什么都没有改动。原因和办法见上面的说明。
if "%CODE%"=="2" echo 没有运行：文件夹选得不对，请看上面的说明。
if not "%CODE%"=="0" if not "%CODE%"=="3" goto wait
start "" "%RESULT%"

:remember
rem The same folder every year: the archive lies in it. A slip of the pen is not kept.
>"%~dp0上次的结果文件夹.txt" echo "%OUTPUT%"

:wait
echo.
pause
