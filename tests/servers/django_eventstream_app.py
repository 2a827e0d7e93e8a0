"""django-eventstream on daphne or uvicorn: its history in Django's storage with sqlite, resets and errors in the stream.

    python django_eventstream_app.py PORT HISTORY daphne|uvicorn

PORT 0 picks a free port; HISTORY is the database, which is kept across restarts.

GET  /stream    the history after Last-Event-ID, then new events; without Last-Event-ID, new events only
POST /publish   a JSON array of {"id", "event", "data"}; the ids are not used, because Django counts its own
POST /forget    deletes the history, as django-eventstream itself does after a day
POST /overtake  a JSON array like that of /publish, which is published while the history is next read
POST /end       ends every stream with a `stream-error`: until the next request, no one may read
GET  /asked     the headers of the requests for streams so far
"""

import json
import logging
import socket
import sys

import django
from django.conf import settings

PORT, HISTORY, SERVER = int(sys.argv[1]), sys.argv[2], sys.argv[3]

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HISTORY}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    EVENTSTREAM_CHANNELMANAGER_CLASS=f"{__name__}.Channels",
    EVENTSTREAM_STORAGE_CLASS=f"{__name__}.Storage",
    INSTALLED_APPS=["django_eventstream"],
    LOGGING_CONFIG=None,
    ROOT_URLCONF=__name__,
    SECRET_KEY="for tests only",
    USE_TZ=True,
)
django.setup()
logging.basicConfig(level=logging.WARNING)

from django.core.asgi import get_asgi_application  # noqa: E402 (Django's modules need its settings)
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django_eventstream import channel_permission_changed, send_event  # noqa: E402
from django_eventstream.channelmanager import DefaultChannelManager  # noqa: E402
from django_eventstream.models import Event  # noqa: E402
from django_eventstream.storage import DjangoModelStorage  # noqa: E402
from django_eventstream.views import events  # noqa: E402

CHANNEL = "ops"
asked = []
may_read = True
overtaking = []


class Storage(DjangoModelStorage):
    """Django's own, in which a test can publish at the worst moment: after the history was read, before it is sent."""

    def get_events(self, *arguments, **options):
        found = super().get_events(*arguments, **options)
        send_all(overtaking)
        overtaking.clear()
        return found


class Channels(DefaultChannelManager):
    def can_read_channel(self, user, channel):
        return may_read


def stream(request):
    global may_read
    may_read = True
    asked.append({name.lower(): value for name, value in request.headers.items()})
    return events(request, channels=[CHANNEL])


def send_all(events):
    for event in events:
        send_event(CHANNEL, event["event"], event["data"], json_encode=False)


def publish(request):
    send_all(json.loads(request.body))
    return HttpResponse(status=202)


def overtake(request):
    overtaking.extend(json.loads(request.body))
    return HttpResponse(status=202)


def forget(request):
    Event.objects.filter(channel=CHANNEL).delete()
    return HttpResponse(status=202)


def end(request):
    global may_read
    may_read = False
    channel_permission_changed(None, CHANNEL)
    return HttpResponse(status=202)


urlpatterns = [
    path("stream", stream),
    path("publish", publish),
    path("overtake", overtake),
    path("forget", forget),
    path("end", end),
    path("asked", lambda request: JsonResponse(asked, safe=False)),
]

call_command("migrate", verbosity=0)
application = get_asgi_application()
listener = socket.create_server(("127.0.0.1", PORT))
print(f"listening on {listener.getsockname()[1]}", flush=True)
if SERVER == "daphne":
    from daphne.server import Server

    Server(application, endpoints=[f"fd:fileno={listener.fileno()}"]).run()
else:
    import uvicorn

    uvicorn.Server(uvicorn.Config(application, lifespan="off", log_level="warning")).run(sockets=[listener])
