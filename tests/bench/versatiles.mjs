// Figures joined to the tiles of an archive with VersaTiles: versatiles.mjs CODES.pmtiles FIGURES.csv OUT.pmtiles
import { createRequire } from 'node:module';

const { TileSource } = createRequire(import.meta.url)('@versatiles/versatiles-rs-linux-x64-gnu');
const [tiles, figures, out] = process.argv.slice(2).map((path) => path.replaceAll('"', ''));
const source = await TileSource.fromVpl(
  `from_container filename="${tiles}" | vector_update_properties data_source_path="${figures}" ` +
    'layer_name="regio" id_field_tiles="code" id_field_data="code" replace_properties=true',
  '/',
);
await source.convertTo(out, {});
