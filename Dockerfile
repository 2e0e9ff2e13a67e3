# One image for web, worker, beat and the one-off preparation; see docker-compose.yml.
FROM python:3.12-slim AS packages
COPY requirements.lock /build/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --prefer-binary -r /build/requirements.lock

FROM python:3.12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin cqo
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/cqo-portal
COPY --chown=root:root . .
# The code belongs to root and cannot be changed by the process that serves it; only var/ can.
# The values below are for collecting static files only; they open nothing and stay in no layer.
RUN install -d -o cqo -g cqo -m 0700 var var/files var/beat var/log \
 && DEMO=1 SECRET_KEY=build-only-build-only-build-only-build DATA_KEYS=build:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
    /opt/venv/bin/python -m cqo_portal.machine.static
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TZ=Asia/Shanghai
USER cqo
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-m", "cqo_portal.machine.answers", "127.0.0.1:8000"]
CMD ["gunicorn", "cqo_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--preload", "--workers", "2", "--threads", "4", "--timeout", "60", "--no-control-socket"]
