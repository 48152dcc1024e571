# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for other programs of a desktop, on the test's own session bus and in
its own home: the portal that begins e-mails, what shows notifications, and a
program that opens pictures.
"""
import os

from driver import APP_ID  # noqa: F401  (skips where there is no gi)
from gi.repository import Gio, GLib

NAME = 'org.freedesktop.portal.Desktop'
PATH = '/org/freedesktop/portal/desktop'
INTERFACE = """
<node>
  <interface name="org.freedesktop.portal.Email">
    <method name="ComposeEmail">
      <arg type="s" name="parent" direction="in"/>
      <arg type="a{sv}" name="options" direction="in"/>
      <arg type="o" name="handle" direction="out"/>
    </method>
    <property name="version" type="u" access="read"/>
  </interface>
</node>
"""


class MailPortal:
    """Keeps what it is handed: letters are pairs of a subject and the attachments' bytes."""

    def __init__(self):
        self.letters = []
        self.is_refusing = False
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.object = self.bus.register_object(PATH, interface, self._call, self._get, None)
        self.name = Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE, None, None)

    def _get(self, bus, sender, path, interface, name):
        return GLib.Variant('u', 3)

    def _call(self, bus, sender, path, interface, method, parameters, invocation):
        options = parameters.unpack()[1]
        fds = invocation.get_message().get_unix_fd_list()
        attachments = []
        for handle in options.get('attachment_fds', []):
            with os.fdopen(fds.get(handle), 'rb') as file:
                attachments.append(file.read())
        self.letters.append((options.get('subject'), attachments))
        if self.is_refusing:
            invocation.return_dbus_error('org.freedesktop.portal.Error.Failed', 'no mail today')
        else:
            invocation.return_value(GLib.Variant('(o)', (PATH + '/request/1',)))

    def go(self):
        Gio.bus_unown_name(self.name)
        self.bus.unregister_object(self.object)


NOTIFICATIONS = """
<node>
  <interface name="org.freedesktop.Notifications">
    <method name="Notify">
      <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
      <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
    </method>
    <method name="CloseNotification"><arg type="u" direction="in"/></method>
    <method name="GetCapabilities"><arg type="as" direction="out"/></method>
    <method name="GetServerInformation">
      <arg type="s" direction="out"/><arg type="s" direction="out"/>
      <arg type="s" direction="out"/><arg type="s" direction="out"/>
    </method>
    <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  </interface>
</node>
"""


class Notifications:
    """Keeps what is to be shown: pairs of a title and a text; those withdrawn are gone."""

    PATH = '/org/freedesktop/Notifications'

    def __init__(self):
        self.shown = {}
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        self.interface = Gio.DBusNodeInfo.new_for_xml(NOTIFICATIONS).interfaces[0]
        self.bus.register_object(self.PATH, self.interface, self._call, None, None)
        Gio.bus_own_name_on_connection(self.bus, self.interface.name, Gio.BusNameOwnerFlags.NONE, None, None)

    def _call(self, bus, sender, path, interface, method, parameters, invocation):
        arguments = parameters.unpack()
        if method == 'Notify':
            number = len(self.shown) + 1
            self.shown[number] = (arguments[3], arguments[4])
            invocation.return_value(GLib.Variant('(u)', (number,)))
            return
        if method == 'CloseNotification':
            self.shown.pop(arguments[0], None)
        replies = {'GetCapabilities': GLib.Variant('(as)', (['actions', 'body'],)),
                   'GetServerInformation': GLib.Variant('(ssss)', ('stand-in', 'test', '1', '1.2'))}
        invocation.return_value(replies.get(method))


def install_opener(folder):
    """A program for pictures that writes down what it is asked to open; returns where."""
    record = os.path.join(folder, 'opened')
    program = os.path.join(folder, 'opener')
    with open(program, 'w', encoding='utf-8') as file:
        file.write(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{record}.part"\nmv "{record}.part" "{record}"\n')
    os.chmod(program, 0o755)
    applications = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
    os.makedirs(applications, exist_ok=True)
    with open(os.path.join(applications, 'opener.desktop'), 'w', encoding='utf-8') as file:
        file.write('[Desktop Entry]\nType=Application\nName=Picture Opener\n'
                   f'Exec={program} %f\nMimeType=image/png;\n')
    with open(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'), 'w', encoding='utf-8') as file:
        file.write('[Default Applications]\nimage/png=opener.desktop;\n'
                   '[Added Associations]\nimage/png=opener.desktop;\n')
    return record
