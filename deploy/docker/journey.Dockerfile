# Plays the journey against a composed platform: the `kairos` command and what it needs, hashed. Never part of
# an installation for people and patients; deploy/compose/journey.yml builds it.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements-dev.lock ./
RUN python3 -m venv /opt/kairos \
 && /opt/kairos/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements-dev.lock
COPY libs/events libs/events
COPY libs/local libs/local
COPY cli cli
RUN /opt/kairos/bin/pip install --quiet --no-index --no-deps --no-build-isolation \
      ./libs/events ./libs/local ./cli

FROM ${PYTHON_IMAGE}
# The numbers of the services' image, which read what this one writes.
RUN groupadd --gid 10001 kairos \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin kairos \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/kairos/issuer
COPY --from=packages /opt/kairos /opt/kairos
COPY deploy/docker/journey.py /opt/kairos/
ENV PATH=/opt/kairos/bin:/usr/local/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /
ENTRYPOINT ["python", "/opt/kairos/journey.py"]
CMD ["play"]
