import { defineSearchAttributeKey, SearchAttributeType } from 'perdure/converter';

// Known to the server: perdure server start-dev --search-attribute Customer=Keyword --search-attribute Urgency=Int
export const customer = defineSearchAttributeKey('Customer', SearchAttributeType.KEYWORD);
export const priority = defineSearchAttributeKey('Urgency', SearchAttributeType.INT);
