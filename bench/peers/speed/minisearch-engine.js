// What a page needs of MiniSearch, bundled and minified with it into one file.

import MiniSearch from 'minisearch';
import { OPTIONS, STORED } from '../vitepress.mjs';

export const load = (index) => MiniSearch.loadJSON(index, { ...OPTIONS, storeFields: STORED });
