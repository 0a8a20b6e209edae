# syntax=docker/dockerfile:1

# 1. The front end
FROM node:22.20.0-bookworm-slim AS web
WORKDIR /src/server/web
COPY server/web/package.json server/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY server/web ./
RUN npm run build

# 2. Python packages, zichtkaart itself and the demo atlas
FROM python:3.12.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/zichtkaart
ENV PATH=/opt/zichtkaart/bin:$PATH
WORKDIR /src
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY tiles ./tiles
COPY layers ./layers
COPY styles ./styles
COPY server ./server
COPY --from=web /src/server/static ./server/static
RUN pip install --no-deps .
COPY data ./data
RUN zichtkaart build data/demo.toml --output /srv/atlas

# 3. What runs: no compiler, no Node, no root
FROM python:3.12.12-slim-bookworm AS runtime
LABEL org.opencontainers.image.title="zichtkaart" \
      org.opencontainers.image.description="Maps of figures per gemeente, wijk and buurt" \
      org.opencontainers.image.licenses="EUPL-1.2"
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin zichtkaart
COPY --from=build /opt/zichtkaart /opt/zichtkaart
COPY --from=build /srv/atlas /srv/atlas
ENV PATH=/opt/zichtkaart/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ZICHTKAART_HOST=0.0.0.0 \
    ZICHTKAART_PORT=8080
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
# Another atlas: mount it on /srv/atlas. A new one written into the same folder is picked up while running.
CMD ["zichtkaart", "serve", "/srv/atlas"]
