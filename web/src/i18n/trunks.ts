// The texts of trunks and of the way to them: they come with the first page or field that says them.
import en from 'virtual:messages/en';
import trunks from 'virtual:messages/en/trunks';

Object.assign(en, trunks);
