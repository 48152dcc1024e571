#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""desktop.py LIMN: what needs real keys, a real mouse and other programs: drawing by
keyboard alone, file dialogs, other programs, e-mail, dragging out and in.  Keys and mouse are xdotool's;
there is no window manager.  To be run by headless.sh.
"""
import os
import subprocess
import sys

from driver import (App, SKIPPED, check, find_window, focus_window, get_corner, has_xdotool, key,
                    list_pictures, pictures_folder, place_window, prepare, type_keys, wait, xdotool)
from portal import MailPortal, Notifications, install_opener

PROMPT = 'a cat in space'


def is_png(path):
    if not os.path.exists(path):
        return False
    with open(path, 'rb') as file:
        return file.read(8) == b'\x89PNG\r\n\x1a\n'


def starts_with(path, start):
    if not os.path.exists(path):
        return False
    with open(path, 'rb') as file:
        return file.read(len(start)) == start


def draw_by_keyboard(app, window):
    focus_window(window)
    key('ctrl+l')
    type_keys(PROMPT)
    key('Return')
    app.wait_for_pictures(PROMPT, 9)
    check(len(list_pictures()) == 9, 'pictures are drawn by keyboard alone')


def look_by_keyboard(app, window):
    """From the prompt to the pictures, to one of them, and back."""
    def is_selected():
        return app.is_usable('Copy Picture')
    for _ in range(8):
        key('Tab')
        if is_selected():
            break
    check(is_selected(), 'Tab leads to the pictures')
    key('Right', 'Down')
    key('Return')
    app.get('Previous Picture')
    key('ctrl+d')
    app.get('Remove from Favourites')
    key('Escape')
    check(True, 'arrows, Enter, Ctrl+D and Escape do what they should')


def save(app, window, folder):
    for name, start in (('one.png', b'\x89PNG'), ('two.jpg', b'\xff\xd8\xff'), ('three.webp', b'RIFF')):
        path = os.path.join(folder, name)
        focus_window(window)
        key('ctrl+s')
        app.answer_dialog('Save Picture', path)
        wait(lambda: starts_with(path, start), f'the file {name}')
        check(True, f'{name} is saved')
        focus_window(window)


def save_all(app, window, folder):
    target = os.path.join(folder, 'all of them')
    os.mkdir(target)
    focus_window(window)
    key('ctrl+shift+s')
    title = 'Save All Pictures Into'
    app.answer_dialog(title, target + '/')
    wait(lambda: len([f for f in os.listdir(target) if f.endswith('.png')]) == 9, 'nine files')
    kept = {read(os.path.join(pictures_folder(), f)) for f in list_pictures()}
    saved = {read(os.path.join(target, f)) for f in os.listdir(target)}
    check(saved == kept, 'all pictures are saved, with all they tell')
    # thinking better of it does nothing
    focus_window(window)
    key('ctrl+shift+s')
    focus_window(wait(lambda: find_window(title), 'the dialog for a folder'))
    key('Escape')
    wait(lambda: not find_window(title), 'the dialog for a folder to go')
    check(len(os.listdir(target)) == 9, 'cancelling saves nothing')
    focus_window(window)


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def open_with(app, window, record):
    """No portal here can open files: the window itself has to ask with which."""
    def find_list():
        return find_window('Open File|Select Application', app.process.pid)
    app.do(app.window(), 'win.open-with')
    focus_window(wait(find_list, 'the list of programs'))
    app.press('Select', exact=True)
    wait(lambda: os.path.exists(record), 'the program to be started')
    with open(record, encoding='utf-8') as file:
        opened = file.read().splitlines()
    check(len(opened) == 1 and os.path.dirname(opened[0]) == pictures_folder() and is_png(opened[0]),
          'another program is handed the file')
    focus_window(window)


def send_mail(app, portal):
    check('win.mail' in app.actions(app.window()), 'e-mail is offered where the desktop can send it')
    app.do(app.window(), 'win.mail')
    wait(lambda: portal.letters, 'a letter')
    subject, attachments = portal.letters.pop()
    check(subject == PROMPT and len(attachments) == 1, 'its subject is the prompt, with one file')
    check(attachments[0] in [read(os.path.join(pictures_folder(), f)) for f in list_pictures()],
          'which is the picture')
    portal.is_refusing = True
    app.do(app.window(), 'win.mail')
    app.wait_toast('No e-mail could be begun: no mail today')
    check(True, 'when that fails, it says so')


def be_told(app, window, notifications):
    """Pictures that are done while another window is looked at."""
    check(not notifications.shown, 'nothing is told while the window is looked at')
    partner = subprocess.Popen([os.environ['LIMN_TEST_PARTNER'], 'take'], stdout=subprocess.PIPE, text=True)
    partner.stdout.readline()
    focus_window(wait(lambda: find_window('^Partner$'), 'its window'))
    app.type('Prompt', 'a pizza in space')
    app.do(app.window(), 'win.draw')
    wait(lambda: notifications.shown, 'a notification')
    check(list(notifications.shown.values()) == [('Your pictures are ready', 'a pizza in space')],
          'when they are done elsewhere, it is told')
    partner.terminate()
    partner.wait()
    focus_window(window)
    wait(lambda: not notifications.shown, 'the notification to go')
    check(True, 'and withdrawn when the window is looked at')


def start_without_mail(limn):
    """Where nothing can send e-mail it is not offered."""
    app = App([limn])
    app.get('Prompt')
    check('win.mail' not in app.actions(app.window()), 'no e-mail is offered where there is none')
    check(app.quit() == 0, 'and it quits')


def drag_out(app, window):
    partner = subprocess.Popen([os.environ['LIMN_TEST_PARTNER'], 'take'], stdout=subprocess.PIPE,
                               text=True)
    check(partner.stdout.readline().strip() == 'ready', 'another program is there')
    target = wait(lambda: find_window('^Partner$'), 'its window')
    x, y, width, height = get_corner(window)
    place_window(target, x + width + 40, 80)
    from_x, from_y = x + width // 2, y + height // 2
    to_x, to_y = x + width + 190, 230
    xdotool('mousemove', from_x, from_y, 'mousedown', 1)
    for step in range(1, 21):
        xdotool('mousemove', from_x + (to_x - from_x) * step // 20, from_y + (to_y - from_y) * step // 20,
                'sleep', 0.05)
    xdotool('sleep', 0.3, 'mousemove', to_x + 3, to_y + 3, 'sleep', 0.3, 'mouseup', 1)
    lines = [partner.stdout.readline().strip()]
    while lines[-1] and not lines[-1].startswith(('file ', 'texture')):
        lines.append(partner.stdout.readline().strip())
    partner.wait()
    offers = [line for line in lines if line.startswith('offer ')]
    check(offers and 'image/png' in offers[0] and 'uri-list' in offers[0],
          'a dragged picture offers its file and its pixels')
    dropped = lines[-1][len('file '):]
    check(is_png(dropped) and os.path.dirname(dropped) == pictures_folder(),
          'what is dropped elsewhere is its file')


def drag_in(app, window):
    name = list_pictures()[3]
    seed = name.rsplit('-', 1)[1][:-len('.png')]
    app.type('Prompt', 'something else')
    partner = subprocess.Popen([os.environ['LIMN_TEST_PARTNER'], 'give',
                                os.path.join(pictures_folder(), name)],
                               stdout=subprocess.PIPE, text=True)
    partner.stdout.readline()
    source = wait(lambda: find_window('^Partner$'), 'its window')
    x, y, width, height = get_corner(window)
    place_window(source, x + width + 40, 80)
    from_x, from_y = x + width + 190, 230
    to_x, to_y = x + width // 2, y + height // 2
    xdotool('sleep', 0.3, 'mousemove', from_x, from_y, 'mousedown', 1)
    for step in range(1, 21):
        xdotool('mousemove', from_x + (to_x - from_x) * step // 20, from_y + (to_y - from_y) * step // 20,
                'sleep', 0.05)
    xdotool('sleep', 0.3, 'mousemove', to_x + 3, to_y + 3, 'sleep', 0.3, 'mouseup', 1)
    app.wait_text('Prompt', PROMPT)
    partner.terminate()
    partner.wait()
    app.press('Options')
    app.wait_text('Seed', seed)
    app.close_popover('Options')
    check(True, 'a picture dropped on the window brings back its prompt and seed')


def main():
    limn = sys.argv[1]
    if not has_xdotool():
        print('skipped, there is no xdotool')
        sys.exit(SKIPPED)
    prepare(limn)
    portal = MailPortal()
    notifications = Notifications()
    record = install_opener(os.environ['HOME'])
    app = App([limn])
    window = wait(lambda: find_window('^Limn$', app.process.pid), 'the window')
    place_window(window, 0, 0)
    draw_by_keyboard(app, window)
    look_by_keyboard(app, window)
    save(app, window, os.environ['HOME'])
    save_all(app, window, os.environ['HOME'])
    open_with(app, window, record)
    send_mail(app, portal)
    drag_out(app, window)
    drag_in(app, window)
    be_told(app, window, notifications)
    check(app.quit() == 0, 'it quits')
    portal.go()
    start_without_mail(limn)


main()
